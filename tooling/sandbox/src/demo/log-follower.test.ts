import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { followLog } from './log-follower.ts';

test('half a line, as a kill leaves it, hides none of the others, and no character is lost between two reads', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-follower-'));
  const file = join(folder, 'app.log');
  const line = (msg: string): string => `${JSON.stringify({ level: 30, msg })}\n`;
  const [euro, half] = [Buffer.from(line('5 €')), Buffer.byteLength('{"level":30,"msg":"5 ') + 1];
  await writeFile(file, `${line('first')}{"level":30,"torn\n`);
  const seen: string[] = [];
  const done = new AbortController();
  const following = followLog(file, ({ msg }) => seen.push(msg), done.signal);
  try {
    await vi.waitFor(() => expect(seen).toEqual(['first']), { timeout: 30_000 });
    await appendFile(file, euro.subarray(0, half));
    await appendFile(file, euro.subarray(half));
    await vi.waitFor(() => expect(seen).toEqual(['first', '5 €']), { timeout: 30_000 });
  } finally {
    done.abort();
    await following;
    await rm(folder, { recursive: true });
  }
});
