import type { Readiness, Secret } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import { describeConnectionError } from '../http/connection-error.ts';
import { withDeadline } from '../http/deadline.ts';
import { meaningOf } from './phase.ts';

export interface RestOptions {
  readonly driver: 'rest';
  /** Where the controller is reached from here, such as `http://agentteams-controller:8090`. */
  readonly url: string;
  /** Read at each call, because such tokens run out within an hour (HiClaw reference, 6.3). */
  readonly token: () => Promise<Secret>;
  /** How long one request may take. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How long a worker that was woken is left alone. Default 30,000. */
  readonly startedWaitMs?: number | undefined;
}

const workerAnswer = z.object({ phase: z.string(), message: z.string().optional() });
const errorAnswer = z.object({ error: z.string() });
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Asks the controller for a worker and has it woken if it sleeps (HiClaw reference, 6.3). */
export async function ensureReadyByRest(
  options: RestOptions,
  name: string,
  outer: AbortSignal,
): Promise<Readiness> {
  const { timeoutMs = 30_000, startedWaitMs = 30_000 } = options;
  const base = options.url.replace(/\/+$/, '');
  const connections = createBoundedFetch(MAX_ANSWER_BYTES);
  const failed = (why: string): Readiness => ({
    kind: 'failed',
    problem: `worker ${name}: the controller at ${base} ${why}`,
  });
  async function call(method: 'GET' | 'POST', path: string) {
    const token = await options.token();
    return await withDeadline(timeoutMs, outer, async (signal) => {
      const response = await connections.fetch(`${base}/api/v1/workers/${encodeURIComponent(name)}${path}`, {
        method,
        headers: { authorization: `Bearer ${token.reveal()}` },
        signal,
      });
      const body: unknown = await response.json().catch(() => undefined);
      return { status: response.status, body };
    });
  }
  try {
    const shown = await call('GET', '/status');
    const worker = workerAnswer.safeParse(shown.body).data;
    if (shown.status !== 200 || worker === undefined) return failed(refusal(shown.status, shown.body));
    const meaning = meaningOf(name, worker, startedWaitMs);
    if (meaning.kind === 'settled') return meaning.readiness;
    const woken = await call('POST', '/ensure-ready');
    if (woken.status < 200 || woken.status > 299) return failed(refusal(woken.status, woken.body));
    return { kind: 'starting', waitMs: startedWaitMs };
  } catch (error) {
    return failed(describeConnectionError(error));
  } finally {
    connections.close();
  }
}

function refusal(status: number, body: unknown): string {
  const said = errorAnswer.safeParse(body).data?.error.replace(/\s+/g, ' ').slice(0, 200);
  const answer = `answered ${status}${said === undefined ? '' : `, ${said}`}`;
  if (status === 401)
    return `${answer}: its token is no longer good, so set a fresh one (agt keeps one in /var/run/agentteams/cli-token)`;
  if (status === 403) return `${answer}: the token may not wake workers; take that of an admin or manager`;
  if (status === 404) return `${answer}: there is no worker of this name`;
  return status < 300 ? 'gave an answer that is not that of a worker' : answer;
}
