import { execFile, spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const CLI = fileURLToPath(new URL('../../../../apps/cli/src/main.ts', import.meta.url));
const TIMEOUT_MS = 60_000;
const HAS_GIT = spawnSync('git', ['--version']).status === 0;

const eventSchema = z.looseObject({
  event: z.string().optional(),
  hiringId: z.string().optional(),
  to: z.string().optional(),
  folder: z.string().optional(),
  command: z.string().optional(),
});

const run = promisify(execFile);

test(
  'the demo ends with hires done, refunded, done after a start, after an answer, held, and pushed where git is',
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
        { id, status: 'completed', attempt: 1, paid: '9.50' },
        { id, status: 'in_progress', attempt: 1, paid: '0.00' },
        ...(HAS_GIT ? [{ id, status: 'completed', attempt: 1, paid: '9.50' }] : []),
      ],
    });
    expect(events.filter(({ event }) => event === 'question answered')).toHaveLength(1);
    expect(events.filter(({ event }) => event === 'pushed')).toHaveLength(HAS_GIT ? 1 : 0);
    expect(events.filter(({ to }) => to === 'attention')).toHaveLength(1);
    // Only the one who was stopped is started, and that before it is notified.
    const starts = events.filter(({ event }) => event === 'worker started');
    expect(starts).toEqual([expect.objectContaining({ worker: 'carol' })]);
    const told = events.findIndex(({ hiringId, to }) => hiringId === starts[0]?.hiringId && to === 'sent');
    expect(told).toBeGreaterThan(events.findIndex(({ event }) => event === 'worker started'));
    // So does the store, which the command line tool shows by the command that is printed at the end.
    const [, config = '', command = ''] =
      /^ADAPTER_CONFIG=(\S+) npm run --silent cli -- (.+)$/.exec(
        events.find(({ event }) => event === 'look')?.command ?? '',
      ) ?? [];
    const listed = await run(
      process.execPath,
      ['--conditions=agrenting-hiclaw-source', CLI, ...command.split(' '), '--json'],
      { timeout: TIMEOUT_MS, env: { PATH: process.env['PATH'], ADAPTER_CONFIG: config } },
    );
    const { hirings } = z.object({ hirings: z.array(z.unknown()) }).parse(JSON.parse(listed.stdout));
    expect(hirings).toHaveLength(HAS_GIT ? 6 : 5);
    // What was delivered outlives the servers.
    const tasks = join(events[0]?.folder ?? '', 'tasks');
    const names = await readdir(tasks);
    expect(names).toHaveLength(HAS_GIT ? 6 : 5);
    for (const name of names) {
      expect(await readFile(join(tasks, name, 'result.md'), 'utf8')).toMatch(/STATUS|I will compare/);
    }
  },
  TIMEOUT_MS,
);
