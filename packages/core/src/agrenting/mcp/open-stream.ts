import type { AgentId } from '../../domain/index.ts';
import { discardBody } from '../bounded-body.ts';
import { networkFailure } from '../network-failure.ts';
import type { Permit } from '../request-budget.ts';
import { redirectProblem, type RestClient } from '../rest-client.ts';
import type { AgentAccess } from '../agent-access.ts';
import { NOTHING_STATED, readStatedLimits } from '../stated-limits.ts';
import { unauthorizedProblem } from '../unauthorized.ts';
import type { Disconnect } from './disconnect.ts';
import type { Form, McpCredentials } from './mcp-credentials.ts';

/** Part of the budget that a session leaves to settlements. */
const RESERVE = 0.1;

export interface StreamRequest {
  readonly client: RestClient;
  readonly agentId: AgentId;
  readonly access: AgentAccess;
  readonly credentials: McpCredentials;
  readonly signal: AbortSignal;
}

export type OpenedStream =
  | {
      readonly kind: 'stream';
      readonly body: ReadableStream;
      readonly form: Form;
      /** What every message of this connection carries too. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'dropped'; readonly drop: Disconnect };

/**
 * `GET /mcp/sse`. On a 401 the other forms of showing the key are tried, each once; a redirect is
 * never followed (Agrenting API reference, 7.1 and 21 #6).
 */
export async function openStream(request: StreamRequest): Promise<OpenedStream> {
  const { client, agentId, access, credentials, signal } = request;
  let status = 401;
  for (const form of credentials.order()) {
    const permit = await access.budget.take(RESERVE);
    if (permit.kind === 'wait') return unavailable(request, permit);
    const headers = await credentials.headers(form);
    if (headers === undefined) continue;
    let response: Response;
    try {
      response = await client.fetch(`${client.baseUrl}/mcp/sse`, {
        headers: { ...headers, Accept: 'text/event-stream', 'User-Agent': 'agrenting-hiclaw' },
        redirect: 'manual',
        cache: 'no-store',
        signal,
      });
    } catch (error) {
      if (permit.question) await access.budget.heed({ status: 0, limits: NOTHING_STATED, question: true });
      return dropped('unreachable', `${client.baseUrl} did not answer: ${networkFailure(error).what}`);
    }
    await heed(request, response, permit.question);
    if (isEventStream(response) && response.body !== null) {
      credentials.accept(form);
      return { kind: 'stream', body: response.body, form, headers };
    }
    await discardBody(response);
    ({ status } = response);
    if (status !== 401) return refusal(request, response);
    credentials.refuse(form);
  }
  const message = 'in every form that it knows';
  return dropped('unauthorized', unauthorizedProblem(agentId, { status, message }));
}

/**
 * What the answer says of limit and key. That one form is refused says nothing yet of the key, and the forms are this
 * server's own affair: only a question whether the key is taken again is answered by it.
 */
async function heed({ client, access }: StreamRequest, response: Response, question: boolean): Promise<void> {
  const { status } = response;
  if (status === 401 && !question) return;
  const limits = readStatedLimits(response, client.theirClock.toTheirs(client.clock.nowMs()));
  await access.budget.heed({ status, limits, question });
}

function unavailable(
  { client }: StreamRequest,
  { because, waitMs }: Extract<Permit, { kind: 'wait' }>,
): OpenedStream {
  const seconds = Math.ceil(waitMs / 1000);
  return because === 'refused'
    ? dropped('unauthorized', `${client.baseUrl} does not accept the key; it is asked again in ${seconds} s`)
    : dropped('refused', `${client.baseUrl} limits the requests of the agent for ${seconds} s more`);
}

function refusal({ client, agentId }: StreamRequest, response: Response): OpenedStream {
  const { status } = response;
  if (status === 403) {
    return dropped('unauthorized', unauthorizedProblem(agentId, { status, message: 'forbidden' }));
  }
  if (status >= 300 && status < 400) return dropped('redirected', redirectProblem(response, client.baseUrl));
  const place = `${client.baseUrl}/mcp/sse`;
  switch (status) {
    case 200:
      return dropped('refused', `${place} is no event stream: check the base URL and what stands before it`);
    case 204:
      return dropped('refused', `${place} asks not to be connected to (HTTP 204): ask the marketplace why`);
    case 404:
      return dropped('refused', `there is nothing at ${place} (HTTP 404): check the base URL`);
    default:
      return dropped('refused', `${place} answered with HTTP ${status}`);
  }
}

function isEventStream(response: Response): boolean {
  const type = response.headers.get('content-type') ?? '';
  return response.status === 200 && /^text\/event-stream\b/i.test(type.trim());
}

function dropped(cause: Disconnect['cause'], problem: string): OpenedStream {
  return { kind: 'dropped', drop: { cause, problem } };
}
