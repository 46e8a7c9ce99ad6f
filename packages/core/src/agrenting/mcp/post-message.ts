import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { AgentId } from '../../domain/index.ts';
import type { AgentAccess } from '../agent-access.ts';
import { discardBody, readBody } from '../bounded-body.ts';
import { networkFailure } from '../network-failure.ts';
import { redirectProblem, type RestClient } from '../rest-client.ts';
import { retryAfterMs } from '../retry-after.ts';
import { unauthorizedProblem } from '../unauthorized.ts';
import type { Drop } from './drop.ts';

const DEFAULT_HOLD_MS = 60_000;

export interface MessagePost {
  readonly client: RestClient;
  readonly agentId: AgentId;
  readonly access: AgentAccess;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly wire: JSONRPCMessage;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal;
}

export type Posted =
  /** `text` may hold JSON-RPC, or nothing of interest; undefined when it was too large or broke off. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly ok: boolean;
      readonly text: string | undefined;
    }
  | { readonly kind: 'failed'; readonly problem: string }
  /** The whole connection is over. */
  | { readonly kind: 'dropped'; readonly status: number; readonly drop: Drop };

/**
 * Posts one JSON-RPC message on a connection of its own, so that it waits for no other (Agrenting
 * API reference, 7.8). It counts against the agent's budget but is never held back by it: a probe
 * that is answered late costs the hiring.
 */
export async function postMessage(post: MessagePost): Promise<Posted> {
  const { client, access, headers, wire, timeoutMs } = post;
  access.budget.spend();
  const timeout = new AbortController();
  const done = new AbortController();
  void client.clock.sleep(timeoutMs, done.signal).then(() => timeout.abort());
  try {
    const response = await client.fetch(post.url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([post.signal, timeout.signal]),
      headers: {
        ...headers,
        Accept: 'application/json, text/event-stream',
        'Content-Type': 'application/json',
        'User-Agent': 'agrenting-hiclaw',
      },
      body: JSON.stringify(wire),
    });
    return await readPosted(post, response);
  } catch (error) {
    const problem = timeout.signal.aborted ? 'no answer in time' : networkFailure(error).what;
    return { kind: 'failed', problem };
  } finally {
    done.abort();
  }
}

async function readPosted(post: MessagePost, response: Response): Promise<Posted> {
  const { client, agentId, access, maxAnswerBytes } = post;
  const { status, ok } = response;
  access.budget.follow(response.headers);
  const drop = dropOf(response, client, agentId);
  if (drop !== undefined) {
    await discardBody(response);
    return { kind: 'dropped', status, drop };
  }
  if (status === 429) {
    access.budget.hold(retryAfterMs(response.headers, client.clock.nowMs()) ?? DEFAULT_HOLD_MS);
  }
  const body = await readBody(response, maxAnswerBytes);
  return { kind: 'answered', status, ok, text: body.kind === 'text' ? body.text : undefined };
}

/** The statuses that end the whole connection (Agrenting API reference, 7.10). */
function dropOf(response: Response, client: RestClient, agentId: AgentId): Drop | undefined {
  const { status } = response;
  if (status >= 300 && status < 400) {
    return { cause: 'redirected', problem: redirectProblem(response, client.baseUrl) };
  }
  if (status === 401 || status === 403) {
    const message = 'for a message, though it opened the event stream';
    return { cause: 'unauthorized', problem: unauthorizedProblem(agentId, { status, message }) };
  }
  if (status === 404 || status === 410) {
    return { cause: 'session_gone', problem: `the server no longer knows the session (HTTP ${status})` };
  }
  return undefined;
}
