import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const TIMEOUT_MS = 60_000;

const eventSchema = z.looseObject({
  event: z.string().optional(),
  hiringId: z.string().optional(),
  to: z.string().optional(),
  folder: z.string().optional(),
});

const run = promisify(execFile);

test(
  'the demo ends with one hire done, one refunded, and one done after its worker was started',
  async () => {
    const argv = ['--conditions=agrenting-hiclaw-source', MAIN, '--json'];
    const { stdout } = await run(process.execPath, argv, { timeout: TIMEOUT_MS });
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => eventSchema.parse(JSON.parse(line)));
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown;
    expect(events.at(-1)).toEqual({
      demo: 'ok',
      hirings: [
        { id, status: 'completed', attempt: 1, paid: '9.50' },
        { id, status: 'failed', attempt: 1, paid: '0.00' },
        { id, status: 'completed', attempt: 1, paid: '9.50' },
      ],
    });
    expect(stdout.match(/"event":"move"/g)).toHaveLength(7 * 3);
    // Only the one who was stopped is started, and that before it is told.
    const starts = events.filter(({ event }) => event === 'worker started');
    expect(starts).toEqual([expect.objectContaining({ worker: 'carol' })]);
    const told = events.findIndex(({ hiringId, to }) => hiringId === starts[0]?.hiringId && to === 'sent');
    expect(told).toBeGreaterThan(events.findIndex(({ event }) => event === 'worker started'));
    // What was delivered outlives the servers.
    const tasks = join(events[0]?.folder ?? '', 'tasks');
    const names = await readdir(tasks);
    expect(names).toHaveLength(3);
    for (const name of names) {
      expect(await readFile(join(tasks, name, 'result.md'), 'utf8')).toContain('STATUS');
    }
  },
  TIMEOUT_MS,
);
