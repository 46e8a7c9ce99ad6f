import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startHiclaw, type RunningHiclaw } from '@agrenting-hiclaw/sandbox/hiclaw';
import { startMarketplace, type RunningMarketplace } from '@agrenting-hiclaw/sandbox/marketplace';
import { z } from 'zod';
import { withFolder, type Folder } from '../engine/folder.ts';
import { atMost, figure, type Row } from '../rows.ts';
import { quantile } from '../statistics.ts';
import type { Report } from '../report.ts';

const APP = fileURLToPath(new URL('../../../../apps/mcp-client/src/main.ts', import.meta.url));
const WORKERS = 5;
/** Hirings of each worker, one after the other. */
const ROUNDS = 12;
const QUIET_SECONDS = 0.5;
const RESULT = 'STATUS: SUCCESS\nSUMMARY: Three files.\n\nThe three files hold what was asked for.\n';
const FILES = ['a.md', 'b.json', 'c.csv'].map((path) => ({
  path,
  text: path === 'b.json' ? '{}' : 'x,'.repeat(5_000),
}));

const transitionSchema = z.object({ hiringId: z.string(), to: z.string(), atMs: z.number() });

/**
 * From the moment a result lies still in storage until the marketplace has paid for it, with three files that go
 * before it: the real app between simulated servers, five workers at once.
 */
export async function benchResults(report: Report): Promise<readonly Row[]> {
  const workers = Array.from({ length: WORKERS }, (_, index) => ({ name: `worker${index}` }));
  const marketplace = await startMarketplace({ switches: { rate_limit_per_minute: 100_000 } });
  const hiclaw = await startHiclaw({ workers, times: { startMs: 100, workMs: 100 } });
  try {
    return await withFolder(async (folder) => {
      const app = await startApp(folder, marketplace, hiclaw, workers);
      try {
        report(`${WORKERS * ROUNDS} hirings, three files each`);
        await Promise.all(
          app.agents.map(async (agentId) => await hireAll(marketplace, app.hirerId, agentId)),
        );
        return rowsOf(app.transitions);
      } finally {
        await app.stop();
      }
    });
  } finally {
    await Promise.all([marketplace.close(), hiclaw.close()]);
  }
}

async function hireAll(marketplace: RunningMarketplace, hirerId: string, agentId: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { id } = marketplace.hire({
      hirerId,
      agentId,
      taskDescription: `Make three files, round ${round}.`,
    });
    await marketplace.hirings.when(id, 'completed', 60_000);
  }
  // The last line of its log is still on its way.
  await sleep(200);
}

function rowsOf(transitions: readonly z.infer<typeof transitionSchema>[]): readonly Row[] {
  const times = transitions
    .filter(({ to }) => to === 'completed')
    .map(({ hiringId, atMs }) => {
      const stable = transitions.find(
        (transition) => transition.hiringId === hiringId && transition.to === 'submitted',
      );
      if (stable === undefined) throw new Error(`no result of ${hiringId} was seen`);
      return atMs - stable.atMs;
    });
  if (times.length !== WORKERS * ROUNDS) throw new Error(`${times.length} hirings were paid`);
  return [
    atMost('stable result to settlement, p50', quantile(times, 0.5), 'ms', 1_000),
    figure('  the same, p99', quantile(times, 0.99), 'ms'),
  ];
}

interface BenchApp {
  readonly agents: readonly string[];
  readonly hirerId: string;
  /** Every move that it logged. */
  readonly transitions: readonly z.infer<typeof transitionSchema>[];
  stop(): Promise<void>;
}

async function startApp(
  { storeFile, storeKey }: Folder,
  marketplace: RunningMarketplace,
  hiclaw: RunningHiclaw,
  workers: readonly { readonly name: string }[],
): Promise<BenchApp> {
  const owner = marketplace.createUser({ name: 'owner' });
  const hirerId = marketplace.createUser({ name: 'hirer', balance: '100000.00' }).id;
  const agents = workers.map(({ name }) => {
    hiclaw.worker(name).behave({ kind: 'complete', result: RESULT, files: FILES });
    return { ...marketplace.registerAgent({ ownerId: owner.id, name }), worker: name };
  });
  const { homeserver, storage, manager } = hiclaw;
  const { userId, accessToken } = homeserver.adapter;
  const configFile = `${storeFile}.json`;
  const configuration = {
    marketplace: { baseUrl: marketplace.url },
    agents: agents.map(({ id, apiKey, worker }) => ({ id, key: apiKey, worker })),
    matrix: { homeserverUrl: homeserver.url, userId, accessToken, messagesPerMinute: 6_000 },
    storage,
    workers: { registryFile: join(manager.home, 'workers-registry.json') },
    store: { file: storeFile, key: storeKey },
    health: { port: 0 },
    timing: { inspectSeconds: 0.2, quietSeconds: QUIET_SECONDS },
  };
  await writeFile(configFile, JSON.stringify(configuration), { mode: 0o600 });
  const child = spawn(process.execPath, ['--conditions=agrenting-hiclaw-source', APP], {
    env: { PATH: process.env['PATH'], ADAPTER_CONFIG: configFile },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const transitions = transitionsOf(child);
  while (
    marketplace.sessions.list().filter(({ subscriptions }) => subscriptions.length > 0).length < WORKERS
  ) {
    if (child.exitCode !== null) throw new Error(`the app ended with ${child.exitCode}`);
    await sleep(50);
  }
  return {
    agents: agents.map(({ id }) => id),
    hirerId,
    transitions,
    async stop() {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

function transitionsOf(child: ChildProcess): readonly z.infer<typeof transitionSchema>[] {
  const transitions: z.infer<typeof transitionSchema>[] = [];
  if (child.stdout === null) throw new Error('the app has no log');
  createInterface(child.stdout).on('line', (line) => {
    const parsed = transitionSchema.safeParse(JSON.parse(line));
    if (parsed.success) transitions.push(parsed.data);
  });
  return transitions;
}
