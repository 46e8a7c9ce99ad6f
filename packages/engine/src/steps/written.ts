import type { OwnObject } from '@agrenting-hiclaw/core/domain';

/** What lies in a task folder of ours after more was written to it, or something was written again. */
export function writtenNow(
  before: readonly OwnObject[] | undefined,
  written: readonly OwnObject[],
): readonly OwnObject[] {
  const rewritten = new Set(written.map(({ name }) => name));
  return [...(before ?? []).filter(({ name }) => !rewritten.has(name)), ...written];
}
