import type { PushOrder } from '@agrenting-hiclaw/core/domain';

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** Who commits what the adapter makes commits of. */
export const ADAPTER: Person = {
  name: 'Agrenting HiClaw adapter',
  email: 'adapter@agrenting-hiclaw.invalid',
};

/** Says which task a commit belongs to, so that it is found again. */
export const TRAILER = 'Agrenting-Task';

/** A moment as git reads it, with the offset of the place: `@1700000000 +0000`. */
export function gitDate(atMs: number, offset = '+0000'): string {
  return `@${Math.max(0, Math.floor(atMs / 1000))} ${offset}`;
}

/** The environment of `git commit-tree`: nothing of it is "now", so that the same order makes the same commit. */
export function signature(
  { atMs }: PushOrder,
  author: Person = ADAPTER,
  authored: string = gitDate(atMs),
): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: authored,
    GIT_COMMITTER_NAME: ADAPTER.name,
    GIT_COMMITTER_EMAIL: ADAPTER.email,
    GIT_COMMITTER_DATE: gitDate(atMs),
  };
}

/** A name or address from outside, as git takes it; undefined when nothing is left of it. */
export function personText(text: string): string | undefined {
  const plain = text
    .replace(/[\p{C}\s<>]{1,64}/gu, ' ')
    .trim()
    .slice(0, 200);
  // Git leaves punctuation at the ends away, and takes no name of nothing else.
  return /[\p{L}\p{N}]/u.test(plain) ? plain : undefined;
}
