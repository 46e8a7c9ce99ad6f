import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import type { AgentId } from '../../domain/index.ts';
import type { AgentAccess } from '../agent-access.ts';
import { discardBody, readBody } from '../bounded-body.ts';
import { networkFailure } from '../network-failure.ts';
import { redirectProblem, type RestClient } from '../rest-client.ts';
import { NOTHING_STATED, readStatedLimits } from '../stated-limits.ts';
import { unauthorizedProblem } from '../unauthorized.ts';
import type { Disconnect } from './disconnect.ts';

/** Part of the budget that a session leaves to settlements; those that go by a tool need none. */
const RESERVE = 0.1;

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
  /** Nothing was sent: the requests of the agent are used up, or the marketplace asked for patience. */
  | { readonly kind: 'limited' }
  /** The whole connection is over. */
  | { readonly kind: 'dropped'; readonly status: number; readonly drop: Disconnect };

/**
 * Posts one JSON-RPC message on a connection of its own, so that it waits for no other (Agrenting
 * API reference, 7.8). It counts against the agent's budget. What answers the server is never held back by that: a
 * probe that is answered late costs the hiring.
 */
export async function postMessage(post: MessagePost): Promise<Posted> {
  const { client, access, headers, wire, timeoutMs } = post;
  const question = asksSomething(wire) ? await permitted(access, wire) : false;
  if (question === 'no') return { kind: 'limited' };
  if (!asksSomething(wire)) await access.budget.spend();
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
    return await readPosted(post, response, question);
  } catch (error) {
    if (question) await access.budget.heed({ status: 0, limits: NOTHING_STATED, question });
    const problem = timeout.signal.aborted ? 'no answer in time' : networkFailure(error).what;
    return { kind: 'failed', problem };
  } finally {
    done.abort();
  }
}

async function readPosted(post: MessagePost, response: Response, question: boolean): Promise<Posted> {
  const { client, agentId, access, maxAnswerBytes } = post;
  const { status, ok } = response;
  const limits = readStatedLimits(response, client.theirClock.toTheirs(client.clock.nowMs()));
  // A session that is over is refused with a 401 too: that says nothing of the key.
  if (status !== 401 || question) {
    await access.budget.heed({ status, limits, question });
  }
  const drop = dropOf(response, client, agentId);
  if (drop !== undefined) {
    await discardBody(response);
    return { kind: 'dropped', status, drop };
  }
  const body = await readBody(response, maxAnswerBytes);
  return { kind: 'answered', status, ok, text: body.kind === 'text' ? body.text : undefined };
}

/** Whether a message wants an answer, as those of the server's own do not. */
function asksSomething(wire: JSONRPCMessage): wire is JSONRPCRequest {
  return 'method' in wire && 'id' in wire;
}

/** Whether a message may go out, and whether it finds out if a refused key is taken again. */
async function permitted(access: AgentAccess, { method }: JSONRPCRequest): Promise<boolean | 'no'> {
  const permit = await access.budget.take(method === 'tools/call' ? 0 : RESERVE);
  return permit.kind === 'wait' ? 'no' : permit.question;
}

/** The statuses that end the whole connection (Agrenting API reference, 7.10). */
function dropOf(response: Response, client: RestClient, agentId: AgentId): Disconnect | undefined {
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
