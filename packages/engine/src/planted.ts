import { createHash } from 'node:crypto';
import type { AttemptProgress, FolderInspection } from '@agrenting-hiclaw/core/domain';

/** So many objects are told apart; where there are more, none of them is taken for the worker's. */
const MAX_PLANTED = 500;

type Versions = Pick<Extract<FolderInspection, { kind: 'folder' }>, 'versions'>;

/**
 * Remembers what lay in the folder before the worker did anything, but for what turns out to have come after it did.
 * Anyone with write access to the folder can have put it there.
 */
export function withPlanted(
  progress: AttemptProgress,
  activeAtMs: number | undefined,
  { versions }: Versions,
  seenAtMs: number,
): AttemptProgress {
  const { planted = [], milestones } = progress;
  if (milestones.some(({ kind }) => kind === 'acknowledged')) {
    if (planted.length === 0 || activeAtMs === undefined) return progress;
    return { ...progress, planted: planted.filter((one) => one.seenAtMs < activeAtMs) };
  }
  const known = new Set(planted.map(({ object }) => object));
  const news = [...versions].map(([name, version]) => identityOf(name, version));
  const added = news.filter((object) => !known.has(object)).map((object) => ({ object, seenAtMs }));
  if (added.length === 0) return progress;
  return { ...progress, planted: [...planted, ...added].slice(0, MAX_PLANTED + 1) };
}

/** The first of these objects that lay there, as it is now, before the worker did anything. */
export function plantedAmong(
  { planted = [] }: AttemptProgress,
  { versions }: Versions,
  names: readonly string[],
): string | undefined {
  if (planted.length > MAX_PLANTED) return names[0];
  const known = new Set(planted.map(({ object }) => object));
  return names.find((name) => known.has(identityOf(name, versions.get(name) ?? '')));
}

function identityOf(name: string, version: string): string {
  return createHash('sha256')
    .update(JSON.stringify([name, version]))
    .digest('hex')
    .slice(0, 32);
}
