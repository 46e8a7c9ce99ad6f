import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { deployed } from '../deployed.ts';
import type { Outside } from '../outside/outside.ts';
import { atMost, figure, type Row } from '../rows.ts';
import { hiringIdOf } from '../seller.ts';
import { median } from '../statistics.ts';
import type { Report } from '../report.ts';
import { withFolder, type Folder } from './folder.ts';
import { fillStore, openIdsOf } from './seed-store.ts';

const ROUNDS = 5;
const FILLING = {
  batch: 200,
  agents: 100,
  received: 50_000,
  acknowledged: 50_000,
  completed: 0,
  spreadMs: 120_000,
};
const NEW_BATCH = 210;
/** What the process may do before it is killed in the midst of it. */
const AT_WORK_MOVES = 200;

const acceptedSchema = z.object({ acceptedNs: z.string() });

const PROGRAM = fileURLToPath(new URL('adapter-process.ts', import.meta.url));

/** A process with 100,000 open hirings is killed at work and started again. */
export async function restart(outside: Outside, report: Report): Promise<readonly Row[]> {
  return await withFolder(async (folder) => {
    const program = join(await deployed('mcp-client', folder, [PROGRAM]), 'adapter-process.js');
    await fillStore(folder, FILLING);
    await outside.sell(openIdsOf(FILLING), FILLING.agents);
    const news = Array.from({ length: ROUNDS + 1 }, (_, round) => hiringIdOf(NEW_BATCH, round));
    // Each is sold to agent 0.
    for (const id of news) await outside.sell([id], FILLING.agents);
    const bare = [];
    const accepts = [];
    const transitions = [];
    for (const [round, id] of news.entries()) {
      bare.push(await bareStart());
      const started = await startAndKill(program, outside, folder, id);
      // The first one starts before anything was killed.
      if (round === 0) continue;
      accepts.push(started.acceptMs);
      transitions.push(started.moveMs);
      report(
        `  start ${round}: accepts after ${started.acceptMs.toFixed(0)} ms, moves after ${started.moveMs.toFixed(0)} ms`,
      );
    }
    return [
      atMost('after SIGKILL with 100,000 open, first accept', median(accepts), 'ms', 1000),
      atMost('after SIGKILL with 100,000 open, backlog moves', median(transitions), 'ms', 2000),
      figure('  a bare start of Node', median(bare), 'ms'),
    ];
  });
}

async function bareStart(): Promise<number> {
  const startedNs = process.hrtime.bigint();
  const child = fork(fileURLToPath(new URL('bare-process.ts', import.meta.url)));
  await once(child, 'message');
  const tookMs = since(startedNs, process.hrtime.bigint());
  child.disconnect();
  await once(child, 'exit');
  return tookMs;
}

async function startAndKill(program: string, outside: Outside, folder: Folder, hiringId: string) {
  const sqlite = new Database(folder.storeFile, { readonly: true });
  const newest =
    sqlite.prepare<[], number>('select coalesce(max(sequence), 0) from history').pluck().get() ?? 0;
  const transitions = sqlite
    .prepare<[number, string], number>('select count(*) from history where sequence > ? and hiring_id <> ?')
    .pluck();
  const transitioned = (): number => transitions.get(newest, hiringId) ?? 0;
  const startedNs = process.hrtime.bigint();
  const order = { outsideUrl: outside.url, ...folder, agents: FILLING.agents, hiringId };
  const child = fork(program, [JSON.stringify(order)], { execArgv: [] });
  try {
    const accepted = once(child, 'message');
    let moveMs = NaN;
    await Promise.race([
      exitOf(child),
      (async () => {
        while (transitioned() === 0) await sleep(5);
        moveMs = since(startedNs, process.hrtime.bigint());
        while (transitioned() < AT_WORK_MOVES) await sleep(5);
      })(),
    ]);
    const messages: readonly unknown[] = await accepted;
    const { acceptedNs } = acceptedSchema.parse(messages[0]);
    return { acceptMs: since(startedNs, BigInt(acceptedNs)), moveMs };
  } finally {
    sqlite.close();
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

async function exitOf(child: ChildProcess): Promise<never> {
  await once(child, 'exit');
  throw new Error('the adapter ended on its own');
}

function since(startedNs: bigint, endedNs: bigint): number {
  return Number(endedNs - startedNs) / 1e6;
}
