import type { HiringId, TaskId } from '../hiring/ids.ts';
import type { Secret } from '../credentials/secret.ts';

/** A hirer's repository, and the token that opens it (Agrenting API reference, 9). */
export interface RepositoryAccess {
  readonly url: string;
  readonly token: Secret;
}

/**
 * What the branch is called in the bundle that a worker gets. The hirer's own name for it may hold whatever git allows,
 * which a shell would run, so no instruction contains it.
 */
export const SOURCE_BRANCH = 'agrenting-base';

/** What a worker works on: the repository as it is now, to be put into its task folder. */
export type SourceOutcome =
  | {
      readonly kind: 'source';
      /** A git bundle, from which the worker clones without any token. */
      readonly bundle: Buffer;
      /** The hirer's name for the branch: the repository's default one. The bundle calls it `SOURCE_BRANCH`. */
      readonly branch: string;
      /** The full id of the commit that it ends with. */
      readonly commit: string;
    }
  | RepositoryFailure;

/** What went wrong with a repository. No `problem` holds a token. */
export type RepositoryFailure =
  /** Never as things are: an address that is not allowed, a repository too large. `problem` says what to do. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** The repository is not there for this token, or does not take what it is given: the hirer's affair. */
  | { readonly kind: 'denied'; readonly problem: string }
  /** Maybe later. `lacks`: the repository is there, and has no such branch or commit now. */
  | { readonly kind: 'unavailable'; readonly problem: string; readonly lacks?: 'ref' | undefined };

/** A worker's change, to be pushed under the hirer's token. The same order always makes the same commit. */
export interface PushOrder {
  readonly taskId: TaskId;
  readonly hiringId: HiringId;
  readonly access: RepositoryAccess;
  /** What the worker was given to work on. */
  readonly base: { readonly branch: string; readonly commit: string };
  /** What it left: the output of `git diff` or `git format-patch`, or a bundle with commits on top of the base. */
  readonly delivery: { readonly kind: 'patch' | 'bundle'; readonly bytes: Buffer };
  /** One line that says what was done, for a commit made of a bare patch. */
  readonly summary: string;
  /** Dates the commit, so it must not be "now". */
  readonly atMs: number;
  /** True once the operator, who was shown what the check found, wants the change pushed all the same. */
  readonly findingsApproved: boolean;
}

export type PushOutcome =
  | {
      readonly kind: 'pushed';
      readonly branch: string;
      /** Full ids as the remote shows them, oldest first. */
      readonly commits: readonly string[];
      readonly filesChanged: readonly string[];
    }
  /**
   * Nothing was pushed yet, because the change seems to hold credentials, or changes what other programs run or obey:
   * `problem` names everything that was found. It is pushed once that is approved.
   */
  | { readonly kind: 'suspicious'; readonly problem: string }
  /** The change itself cannot be used: it does not apply, is empty, too large, or reaches where it must not. */
  | { readonly kind: 'unusable'; readonly problem: string }
  | RepositoryFailure;

/** Hirers' repositories: the one place where their tokens are used. */
export interface Repositories {
  /** Reads the repository. */
  source(access: RepositoryAccess): Promise<SourceOutcome>;
  /** Pushes a change and reads its commits back from the remote. Repeating it pushes nothing twice. */
  push(order: PushOrder): Promise<PushOutcome>;
}
