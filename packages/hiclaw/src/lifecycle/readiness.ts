import { inQuotes, type Readiness } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';

export interface ReadinessWaits {
  readonly startedMs: number;
  readonly recreatedMs: number;
}

/** What the script printed. */
export interface ScriptOutput {
  readonly exitCode: number;
  readonly output: string;
  readonly complaint: string;
}

const answer = z.object({ status: z.string(), error: z.string().optional() });

const REMEDIES: Readonly<Record<string, string>> = {
  container_api_unavailable: 'the Manager cannot reach Docker: check its socket or docker proxy',
  recreate_failed: "its container could not be created: check the Manager's log and the worker image",
  start_failed: "its container could not be started: check the container's log",
};

const MAX_COMPLAINT = 200;

/**
 * Reads what `lifecycle-worker.sh --action ensure-ready` printed: log lines and a last line of JSON in
 * v1.0, JSON over several lines in v1.2 (HiClaw reference, 6.1 and 6.2). "ready" means there that the
 * container runs, not that the agent listens.
 */
export function readReadiness(worker: string, printed: ScriptOutput, waits: ReadinessWaits): Readiness {
  const parsed = answer.safeParse(findJson(printed.output)).data;
  if (parsed === undefined) {
    const last = lastLine(printed.complaint) || lastLine(printed.output);
    const said = last === '' ? 'no output' : inQuotes(last);
    const problem = `worker ${worker}: the lifecycle command exited with ${printed.exitCode} and an unreadable answer (${said})`;
    return { kind: 'failed', problem };
  }
  switch (parsed.status) {
    case 'ready':
      return { kind: 'ready' };
    case 'remote':
      return { kind: 'remote' };
    case 'started':
    case 'starting':
      return { kind: 'starting', waitMs: waits.startedMs };
    case 'recreated':
      return { kind: 'starting', waitMs: waits.recreatedMs };
    default: {
      const error = clip(parsed.error ?? '');
      const why = REMEDIES[error] ?? 'start it manually and check its log';
      const problem = `worker ${worker} is not ready (${inQuotes([clip(parsed.status), error].filter((part) => part !== '').join(', '))}): ${why}`;
      return { kind: 'failed', problem };
    }
  }
}

function findJson(output: string): unknown {
  const lastJsonLine = output
    .split('\n')
    .findLast((line) => line.startsWith('{'))
    ?.trim();
  const fromFirstBrace = output.slice(Math.max(0, output.indexOf('{')));
  return parse(lastJsonLine ?? '') ?? parse(fromFirstBrace);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lastLine(text: string): string {
  return clip(text.trimEnd().split('\n').at(-1) ?? '');
}

function clip(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, MAX_COMPLAINT);
}
