import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withLock } from '../src/lock.mjs';

describe('the lock around preparations', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lock-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test('lets processes in one after the other', async () => {
    const lockModule = new URL('../src/lock.mjs', import.meta.url).href;
    // Each process fails when it meets the mark of another one inside.
    const script = `
      import { rm, writeFile } from 'node:fs/promises';
      import { setImmediate as turn } from 'node:timers/promises';
      const { withLock } = await import(${JSON.stringify(lockModule)});
      const [lock, mark] = process.argv.slice(1);
      await withLock(lock, async () => {
        await writeFile(mark, '', { flag: 'wx' });
        for (let turns = 0; turns < 100; turns += 1) await turn();
        await rm(mark);
      });`;
    const start = () =>
      exitCodeOf(['--input-type=module', '-e', script, join(folder, 'lock'), join(folder, 'mark')]);
    expect(await Promise.all([start(), start(), start()])).toEqual([0, 0, 0]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is taken over from a holder that has died', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']);
    await writeFile(join(folder, 'lock'), String(dead.pid));
    expect(await withLock(join(folder, 'lock'), async () => 'worked')).toBe('worked');
    expect(await readdir(folder)).toEqual([]);
  });

  test('is released when the work fails', async () => {
    const work = withLock(join(folder, 'lock'), () => Promise.reject(new Error('no')));
    await expect(work).rejects.toThrow('no');
    expect(await readdir(folder)).toEqual([]);
  });
});

/** Runs Node with these arguments and gives how it ended. */
function exitCodeOf(nodeArguments: readonly string[]): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const child = spawn(process.execPath, nodeArguments, { stdio: 'inherit' });
  child.on('error', reject);
  child.on('exit', resolve);
  return promise;
}
