import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const NAME = 'agrenting-hiclaw-tests-';
/** More than all tests together ever had. */
const MIN_FREE_BYTES = 4 * 1024 ** 3;

/**
 * Gives the tests of one run a temporary folder in memory, where the machine has the room: every commit of a store waits for
 * its disk, and what is waited for there shows nothing. vitest calls it before the first test, and what it gives after the last.
 */
export default function inMemory(): (() => void) | undefined {
  if (!existsSync(MEMORY)) return undefined;
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize < MIN_FREE_BYTES) return undefined;
  for (const name of readdirSync(MEMORY)) if (isLeftOver(name)) remove(join(MEMORY, name));
  const folder = join(MEMORY, `${NAME}${process.pid}`);
  // As /tmp, since a test may go on as another user; what is secret has a folder of its own.
  mkdirSync(folder, { mode: 0o755 });
  process.env['TMPDIR'] = folder;
  return () => remove(folder);
}

/** Of a run that was killed. */
function isLeftOver(name: string): boolean {
  if (!name.startsWith(NAME)) return false;
  try {
    process.kill(Number(name.slice(NAME.length)), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
