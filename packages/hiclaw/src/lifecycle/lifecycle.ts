import type { Readiness, WorkerLifecycle } from '@agrenting-hiclaw/core/domain';
import { ensureReadyByCli, type CliOptions } from './controller-cli.ts';
import { ensureReadyByRest, type RestOptions } from './controller-rest.ts';
import { readReadiness, type ReadinessWaits } from './readiness.ts';
import { runCommand } from '../run-command.ts';

export type LifecycleOptions =
  /** Nobody starts workers for us: they are assumed to run, and only their signs tell (HiClaw reference, 6.4). */
  { readonly driver: 'none' } | ScriptOptions | RestOptions | CliOptions;

export interface ScriptOptions {
  readonly driver: 'script';
  /**
   * The program and its first arguments, such as `["docker", "exec", "hiclaw-manager",
   * "/opt/hiclaw/agent/skills/worker-management/scripts/lifecycle-worker.sh"]`. Never given to a shell.
   */
  readonly command: readonly [string, ...string[]];
  /** All that the program sees of the environment: PATH and HOME, DOCKER_HOST where it is used. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long the program may take. Default 180,000, because it may create a container. */
  readonly timeoutMs?: number | undefined;
  /** How long a worker that was started is left alone. Default 30,000 (HiClaw reference, 6.1). */
  readonly startedWaitMs?: number | undefined;
  /** The same for one whose container was made anew. Default 60,000. */
  readonly recreatedWaitMs?: number | undefined;
}

/** A lifecycle that may have programs running. */
export interface ClosableLifecycle extends WorkerLifecycle {
  /** Ends programs that still run. */
  close(): void;
}

/** HiClaw's rule for names (HiClaw reference, 3.1); also what keeps a name from being an option. */
const WORKER_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Sees to it that workers run, in the way that was configured (HiClaw reference, 6). */
export function createLifecycle(options: LifecycleOptions): ClosableLifecycle {
  if (options.driver === 'none') {
    return { ensureReady: () => Promise.resolve({ kind: 'remote' }), close: () => {} };
  }
  const closing = new AbortController();
  const underWay = new Map<string, Promise<Readiness>>();
  return {
    ensureReady({ name }) {
      if (!WORKER_NAME.test(name)) {
        const problem = `${JSON.stringify(name.slice(0, 80))} is no name of a worker: small letters, digits and hyphens only`;
        return Promise.resolve({ kind: 'failed', problem });
      }
      // Two calls for one worker would start it twice.
      const known = underWay.get(name);
      if (known !== undefined) return known;
      const run = byDriver(options, name, closing.signal).finally(() => underWay.delete(name));
      underWay.set(name, run);
      return run;
    },
    close: () => closing.abort(),
  };
}

async function byDriver(
  options: Exclude<LifecycleOptions, { driver: 'none' }>,
  name: string,
  signal: AbortSignal,
): Promise<Readiness> {
  switch (options.driver) {
    case 'script':
      return await ensureReady(options, name, signal);
    case 'rest':
      return await ensureReadyByRest(options, name, signal);
    case 'cli':
      return await ensureReadyByCli(options, name, signal);
  }
}

async function ensureReady(options: ScriptOptions, name: string, signal: AbortSignal): Promise<Readiness> {
  const [program, ...first] = options.command;
  const run = await runCommand({
    program,
    arguments: [...first, '--action', 'ensure-ready', '--worker', name],
    environment: options.environment,
    timeoutMs: options.timeoutMs ?? 180_000,
    signal,
  });
  if (run.kind === 'failed') return { kind: 'failed', problem: `worker ${name}: ${run.problem}` };
  const waits: ReadinessWaits = {
    startedMs: options.startedWaitMs ?? 30_000,
    recreatedMs: options.recreatedWaitMs ?? 60_000,
  };
  return readReadiness(name, run, waits);
}
