import {
  inQuotes,
  type LifecycleOptions,
  type Readiness,
  type ScriptOptions,
  type WorkerAddress,
  type WorkerLifecycle,
} from '@agrenting-hiclaw/core/domain';
import { createController } from '../controller/controller.ts';
import { runCommand, type CommandRun } from '../run-command.ts';
import { ensureReadyBy, lookBy, putToSleep } from './controlled.ts';
import { readReadiness, type ReadinessWaits } from './readiness.ts';

export type Stopped = { readonly kind: 'stopped' } | { readonly kind: 'failed'; readonly problem: string };

/** What a worker was found at. One that is `asleep` is started when it is needed. */
export type WorkerLook = Readiness | { readonly kind: 'asleep' } | { readonly kind: 'unknown' };

/** A lifecycle that may have programs running. */
export interface ClosableLifecycle extends WorkerLifecycle {
  /** Stops a worker and starts it again, as it has to be to read its settings again; ends whatever it is at. */
  restart(worker: Pick<WorkerAddress, 'name'>): Promise<Readiness>;
  /** Stops a worker and does not start it again; ends whatever it is at. One that is stopped stays so. */
  stop(worker: Pick<WorkerAddress, 'name'>): Promise<Stopped>;
  /** What a worker is at, which is left so; `unknown` where only starting it tells (the drivers `script` and `none`). */
  look(worker: Pick<WorkerAddress, 'name'>): Promise<WorkerLook>;
  /** Ends programs that still run. */
  close(): void;
}

const STARTED_WAIT_MS = 30_000;

/** HiClaw's rule for names (HiClaw reference, 3.1); also what keeps a name from being an option. */
const WORKER_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Sees to it that workers run, in the way that was configured (HiClaw reference, 6). */
export function createLifecycle(options: LifecycleOptions): ClosableLifecycle {
  if (options.driver === 'none') {
    const failed = {
      kind: 'failed',
      problem: 'lifecycle.driver is none, so nothing here can stop or restart workers',
    } as const;
    return {
      ensureReady: () => Promise.resolve({ kind: 'remote' }),
      restart: () => Promise.resolve(failed),
      stop: () => Promise.resolve(failed),
      look: () => Promise.resolve({ kind: 'unknown' }),
      close: () => {},
    };
  }
  const closing = new AbortController();
  const underWay = new Map<string, Promise<Readiness>>();
  const stop = async (name: string): Promise<Stopped> => {
    if (!WORKER_NAME.test(name)) return noName(name);
    const problem = await stopByDriver(options, name, closing.signal);
    return problem === undefined
      ? { kind: 'stopped' }
      : { kind: 'failed', problem: `worker ${name}: ${problem}` };
  };
  return {
    stop: async ({ name }) => await stop(name),
    async restart({ name }) {
      const stopped = await stop(name);
      return stopped.kind === 'failed' ? stopped : await byDriver(options, name, closing.signal);
    },
    ensureReady({ name }) {
      if (!WORKER_NAME.test(name)) return Promise.resolve(noName(name));
      // Two calls for one worker would start it twice.
      const known = underWay.get(name);
      if (known !== undefined) return known;
      const run = byDriver(options, name, closing.signal).finally(() => underWay.delete(name));
      underWay.set(name, run);
      return run;
    },
    async look({ name }) {
      if (!WORKER_NAME.test(name)) return noName(name);
      if (options.driver === 'script') return { kind: 'unknown' };
      return await lookBy(
        createController(options, closing.signal),
        name,
        options.startedWaitMs ?? STARTED_WAIT_MS,
      );
    },
    close: () => closing.abort(),
  };
}

function noName(name: string) {
  const problem = `${inQuotes(name, 80)} is not a worker name: use lower-case letters, digits and hyphens only`;
  return { kind: 'failed', problem } as const;
}

/** Gives what went wrong. */
async function stopByDriver(
  options: Exclude<LifecycleOptions, { driver: 'none' }>,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (options.driver !== 'script') return await putToSleep(createController(options, signal), name, signal);
  const run = await runScript(options, 'stop', name, signal);
  if (run.kind === 'failed') return run.problem;
  return run.exitCode === 0 ? undefined : `it could not be stopped: the command ended with ${run.exitCode}`;
}

async function byDriver(
  options: Exclude<LifecycleOptions, { driver: 'none' }>,
  name: string,
  signal: AbortSignal,
): Promise<Readiness> {
  if (options.driver === 'script') return await ensureReady(options, name, signal);
  return await ensureReadyBy(
    createController(options, signal),
    name,
    options.startedWaitMs ?? STARTED_WAIT_MS,
  );
}

async function ensureReady(options: ScriptOptions, name: string, signal: AbortSignal): Promise<Readiness> {
  const run = await runScript(options, 'ensure-ready', name, signal);
  if (run.kind === 'failed') return { kind: 'failed', problem: `worker ${name}: ${run.problem}` };
  const waits: ReadinessWaits = {
    startedMs: options.startedWaitMs ?? STARTED_WAIT_MS,
    recreatedMs: options.recreatedWaitMs ?? 60_000,
  };
  return readReadiness(name, run, waits);
}

async function runScript(
  options: ScriptOptions,
  action: 'ensure-ready' | 'stop',
  name: string,
  signal: AbortSignal,
): Promise<CommandRun> {
  const [program, ...first] = options.command;
  return await runCommand({
    program,
    arguments: [...first, '--action', action, '--worker', name],
    environment: options.environment,
    timeoutMs: options.timeoutMs ?? 180_000,
    signal,
  });
}
