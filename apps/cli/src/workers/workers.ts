import {
  mapOf,
  ping,
  stopWorkerOf,
  startWorkerOf,
  type StartWorker,
  workerOf,
} from '@agrenting-hiclaw/operations';
import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { openExistingStore } from '@agrenting-hiclaw/operations/open-store';
import { secondsOf } from '../terminal/seconds.ts';
import { printJson, table } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

/** Newest hirings of a worker in which its activity is looked for. */
const MAX_LOOKED_AT = 200;

/** The map of workers, from the configuration and the Manager's registry. */
export async function listWorkers(terminal: Terminal, options: CommonOptions): Promise<void> {
  const { workers, problems } = await mapOf(await loadedConfiguration(terminal, options));
  if (options.json === true) {
    printJson(terminal, { workers, problems });
  } else {
    const rows = workers.map(({ name, userId, roomId, runtime, rooms }) => [
      name,
      userId,
      roomId,
      runtime ?? '-',
      rooms ?? 'auto',
    ]);
    terminal.print(`${table(terminal, ['WORKER', 'MATRIX ID', 'ROOM', 'RUNTIME', 'ROOMS'], rows)}\n`);
    for (const problem of problems) terminal.print(`! ${problem}\n`);
  }
  if (problems.length > 0) throw new CommandError(EXIT.failed, 'the worker map has problems');
}

/** One worker: where it is, and what it did last for which hiring. */
export async function showWorker(terminal: Terminal, name: string, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const worker = await workerOf(configuration, name);
  const store = await openExistingStore(configuration);
  try {
    const newest = await store.find({ worker: name, limit: MAX_LOOKED_AT });
    const hirings = newest.hirings.map(({ record: { hiringId, state, attempt } }) => ({
      hiringId,
      state,
      lastActivityAt:
        attempt?.progress.lastActivityAtMs === undefined
          ? undefined
          : new Date(attempt.progress.lastActivityAtMs).toISOString(),
    }));
    const lastActivityAt = hirings
      .map(({ lastActivityAt }) => lastActivityAt)
      .filter((at) => at !== undefined)
      .toSorted()
      .at(-1);
    if (options.json === true) return printJson(terminal, { worker, lastActivityAt, hirings });
    terminal.print(`${worker.name}  ${worker.userId}  ${worker.roomId}\n`);
    terminal.print(`last activity: ${lastActivityAt ?? 'never'}\n`);
    const rows = hirings
      .slice(0, 20)
      .map(({ hiringId, state, lastActivityAt }) => [hiringId, state, lastActivityAt ?? '-']);
    if (rows.length > 0)
      terminal.print(`\n${table(terminal, ['HIRING', 'STATE', 'LAST ACTIVITY (UTC)'], rows)}\n`);
  } finally {
    await store.close();
  }
}

/** Has a worker started by the configured way. */
export async function startWorker(terminal: Terminal, name: string, options: CommonOptions): Promise<void> {
  await turnWorkerOn(terminal, name, options, 'starting', async (lifecycle, worker) =>
    lifecycle.ensureReady(worker),
  );
}

/** Has a worker stopped and started by the configured way. */
export async function restartWorker(terminal: Terminal, name: string, options: CommonOptions): Promise<void> {
  await turnWorkerOn(terminal, name, options, 'restarting', async (lifecycle, worker) =>
    lifecycle.restart(worker),
  );
}

/** Has a worker stopped by the configured way, and says which open hirings that interrupts. */
export async function stopWorker(terminal: Terminal, name: string, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const worker = await workerOf(configuration, name);
  const store = await openExistingStore(configuration);
  try {
    terminal.writeError(`stopping ${name} …\n`);
    const { interrupts, startsAgain } = await stopWorkerOf(
      configuration,
      terminal.environment,
      store,
      worker,
    );
    if (options.json === true) return printJson(terminal, { worker: name, interrupts, startsAgain });
    terminal.print(`${name} stopped\n`);
    for (const hiringId of interrupts) terminal.print(`${hiringId} interrupted\n`);
    if (startsAgain) {
      terminal.print(
        'The adapter starts it again for its open hirings; to have it stay stopped, pause its agent and hold them first.\n',
      );
    }
  } finally {
    await store.close();
  }
}

async function turnWorkerOn(
  terminal: Terminal,
  name: string,
  options: CommonOptions,
  doing: string,
  how: StartWorker,
): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const worker = await workerOf(configuration, name);
  terminal.writeError(`${doing} ${name} …\n`);
  const readiness = await startWorkerOf(configuration, terminal.environment, worker, how);
  if (options.json === true) return printJson(terminal, { worker: name, ...readiness });
  terminal.print(
    readiness.kind !== 'starting'
      ? `${name} is ${readiness.kind}\n`
      : readiness.unknownPhase === undefined
        ? `${name} was started and needs up to a minute\n`
        : `${name} is in phase ${inQuotes(readiness.unknownPhase)}, which this release does not know: look again later\n`,
  );
}

/** Says something to a worker in its own room and waits for activity in answer; costs one answer of its model. */
export async function pingWorker(
  terminal: Terminal,
  name: string,
  options: CommonOptions & { readonly seconds?: string | undefined },
): Promise<void> {
  const patienceMs = secondsOf('--seconds', options.seconds ?? '60');
  const configuration = await loadedConfiguration(terminal, options);
  const worker = await workerOf(configuration, name);
  terminal.writeError(`sending a message to ${name} …\n`);
  const milestone = await ping(configuration, worker, patienceMs);
  if (options.json === true) printJson(terminal, { worker: name, ...milestone });
  if (milestone.kind === 'silent') throw new CommandError(EXIT.failed, milestone.problem);
  if (options.json !== true)
    terminal.print(
      `${name} responded (${milestone.activity} after ${(milestone.afterMs / 1_000).toFixed(1)} s)\n`,
    );
}
