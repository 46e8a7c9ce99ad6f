import type { Readiness } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { runCommand } from '../run-command.ts';
import { meaningOf } from './phase.ts';

export interface CliOptions {
  readonly driver: 'cli';
  /** The controller's own program and its first arguments, such as `["docker", "exec", "agentteams-controller", "agt"]`. */
  readonly command: readonly [string, ...string[]];
  /** All that the program sees of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long one call may take. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** How long a worker that was woken is left alone. Default 30,000. */
  readonly startedWaitMs?: number | undefined;
}

const workerAnswer = z.object({ phase: z.string(), message: z.string().optional() });

/** The same as by REST, through `agt` (in HiClaw 1.1: `hiclaw`), which knows address and token by itself (HiClaw reference, 6.3). */
export async function ensureReadyByCli(
  options: CliOptions,
  name: string,
  signal: AbortSignal,
): Promise<Readiness> {
  const { timeoutMs = 60_000, startedWaitMs = 30_000, environment } = options;
  const [program, ...first] = options.command;
  const call = async (...more: readonly string[]) =>
    await runCommand({ program, arguments: [...first, ...more], environment, timeoutMs, signal });

  const shown = await call('get', 'workers', name, '-o', 'json');
  if (shown.kind === 'failed') return { kind: 'failed', problem: `worker ${name}: ${shown.problem}` };
  const worker = workerAnswer.safeParse(parse(shown.output)).data;
  if (shown.exitCode !== 0 || worker === undefined) {
    return {
      kind: 'failed',
      problem: `worker ${name}: ${program} ended with ${shown.exitCode} (${lastLine(shown)})`,
    };
  }
  const meaning = meaningOf(name, worker, startedWaitMs);
  if (meaning.kind === 'settled') return meaning.readiness;
  const woken = await call('worker', 'ensure-ready', '--name', name);
  if (woken.kind === 'failed') return { kind: 'failed', problem: `worker ${name}: ${woken.problem}` };
  if (woken.exitCode === 0) return { kind: 'starting', waitMs: startedWaitMs };
  return { kind: 'failed', problem: `worker ${name}: it could not be woken (${lastLine(woken)})` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lastLine({ output, complaint }: { readonly output: string; readonly complaint: string }): string {
  const said = (complaint.trim() || output.trim()).split('\n').at(-1) ?? '';
  return said.replace(/\s+/g, ' ').slice(0, 200) || 'it said nothing';
}
