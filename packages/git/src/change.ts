/** What a worker's delivery became in a workspace: commits on top of one of the repository's. */
export type Change =
  | {
      readonly kind: 'change';
      /** The commit that it stands on. */
      readonly onto: string;
      readonly tip: string;
      /** Oldest first, without `onto`. */
      readonly commits: readonly string[];
    }
  | Unusable;

export interface Unusable {
  readonly kind: 'unusable';
  readonly problem: string;
}

export function unusable(problem: string): Unusable {
  return { kind: 'unusable', problem };
}

/** What a worker is told to do about a change that is empty. */
export const CHANGES_NOTHING = unusable(
  'the change is empty: make it with `git diff --binary` against the commit that was given, or `git format-patch` of commits on it',
);
