import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { hiringIdSchema, type HiringId, type Store } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliveryOf, KEY, newHiringId, SEND_RATE, temporaryDirectory } from '../../../test/fixtures.ts';
import { openStore } from '../store.ts';

const SCRIPT = fileURLToPath(new URL('../../../test/process.ts', import.meta.url));

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
const running = new Set<ChildProcess>();
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  directory.remove();
});

interface Ended {
  readonly code: number | null;
  readonly errors: string;
  readonly lines: readonly string[];
}

/** Runs a process on the file; kills it right after it said its line number `killAfter`. */
async function run(
  mode: string,
  more: readonly string[] = [],
  killAfter = Number.POSITIVE_INFINITY,
): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ['--conditions=agrenting-hiclaw-source', SCRIPT, mode, file, ...more],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  running.add(child);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    if (lines.length === killAfter) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  running.delete(child);
  return { code, errors, lines };
}

async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore({ file, key: KEY });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function receiveSome(count: number): Promise<readonly HiringId[]> {
  const ids = Array.from({ length: count }, () => newHiringId());
  await withStore(async ({ hirings }) => await hirings.accept(ids.map((id) => deliveryOf(id))));
  return ids;
}

/** Every hiring went the whole way, and no move of it was made twice. */
async function expectAllDone(ids: readonly HiringId[]): Promise<void> {
  await withStore(async ({ hirings }) => {
    for (const id of ids) {
      const transitions = await hirings.history(id);
      expect(transitions.map((transition) => transition.to)).toEqual([
        'confirmed',
        'staged',
        'sent',
        'acknowledged',
        'submitted',
        'settling',
        'completed',
      ]);
    }
  });
}

test('processes that start at once on an empty file all open it', async () => {
  const ended = await Promise.all(Array.from({ length: 3 }, async () => await run('open')));
  expect(ended).toEqual(ended.map(() => ({ code: 0, errors: '', lines: ['closed'] })));
});

test('processes share the work, never get the same hiring, and never see the file busy', async () => {
  const ids = await receiveSome(80);
  const ended = await Promise.all(
    Array.from({ length: 3 }, async () => await run('work', ['600000', String(ids.length)])),
  );
  expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual(
    ended.map(() => ({ code: 0, errors: '' })),
  );
  const said = ended.flatMap(({ lines }) => lines);
  // A hiring that two had at once would make one of them lose.
  expect(said.filter((line) => line === 'lost')).toEqual([]);
  expect(said.filter((line) => line === 'committed')).toHaveLength(ids.length * 7);
  await expectAllDone(ids);
});

test(
  'processes that are killed at work leave nothing undone and nothing done twice',
  { timeout: 60_000 },
  async () => {
    const ids = await receiveSome(60);
    const work = ['200', String(ids.length)];
    const steady = run('work', work);
    for (const killAfter of [1, 8, 20, 41]) {
      const { code, errors } = await run('work', work, killAfter);
      expect([null, 0]).toContain(code);
      expect(errors).toBe('');
    }
    expect(await steady).toMatchObject({ code: 0, errors: '' });
    await expectAllDone(ids);
  },
);

test('what was accepted is there after a kill', async () => {
  const acknowledged: HiringId[] = [];
  for (const killAfter of [1, 5, 40]) {
    const { code, errors, lines } = await run('receive', [], killAfter);
    expect({ code, errors }).toEqual({ code: null, errors: '' });
    acknowledged.push(...lines.flatMap((line) => line.split(' ').map((id) => hiringIdSchema.parse(id))));
  }
  await withStore(async ({ hirings }) => {
    for (const id of acknowledged) expect(await hirings.find(id)).toMatchObject({ state: 'received' });
    const { byState } = await hirings.queueStats(Date.now(), 0);
    expect(byState.received).toBeGreaterThanOrEqual(acknowledged.length);
    expect(byState.received % 7).toBe(0);
  });
});

test('processes that share a send budget never send more than it allows', async () => {
  await withStore(async () => await Promise.resolve());
  const each = 60;
  const ended = await Promise.all(
    Array.from({ length: 3 }, async () => await run('send', ['0', String(each)])),
  );
  expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual(
    ended.map(() => ({ code: 0, errors: '' })),
  );
  const sentAtMs = ended.flatMap(({ lines }) => lines.slice(0, -1).map(Number));
  const spanMs = Math.max(...sentAtMs) - Math.min(...sentAtMs);
  expect(sentAtMs).toHaveLength(ended.length * each);
  expect(sentAtMs.length).toBeLessThanOrEqual(SEND_RATE.burst + (spanMs * SEND_RATE.perMinute) / 60_000);
});
