import { describeApiError } from './api-error.ts';
import type { AgentId, HirerMessage, HiringId, TellOutcome } from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import type { Answer } from './answer.ts';
import type { HiringSource } from './mcp/hiring-source.ts';
import type { RestClient } from './rest-client.ts';
import { splitText } from './split-text.ts';
import { unauthorizedProblem } from './unauthorized.ts';

/** The marketplace's limit for one message (Agrenting API reference, 5). */
const MAX_MESSAGE_CHARACTERS = 5000;
/** Parts of one message; more would be cut off. */
const MAX_PARTS = 10;

export interface Telling {
  readonly client: RestClient;
  readonly agentId: AgentId;
  readonly access: AgentAccess;
  readonly source: HiringSource | undefined;
  readonly hiringId: HiringId;
  readonly message: HirerMessage;
}

/**
 * Says something to the hirer: progress as a piece of the stream and a question by a tool for it where the session
 * offers such a one, everything else as messages; those go by MCP when REST is out of reach (Agrenting API
 * reference, 5, 6.6 and 7.5).
 */
export async function tellHirer(telling: Telling): Promise<TellOutcome> {
  const { source, hiringId, message } = telling;
  if (message.kind !== 'notice' && source !== undefined) {
    const kind = message.kind === 'progress' ? 'chunk' : 'question';
    const outcome = await source.useTool({ kind, hiringId, content: message.text });
    if (outcome.kind === 'done') return { kind: 'told' };
    // It may have arrived, and there is no key that would keep it from arriving twice.
    if (outcome.kind === 'unknown') return { kind: 'told' };
  }
  const text = message.kind === 'question' ? `Question: ${message.text}` : message.text;
  const parts = splitText(text, MAX_MESSAGE_CHARACTERS).slice(0, MAX_PARTS);
  for (const [index, content] of parts.entries()) {
    const key = index === 0 ? message.idempotencyKey : `${message.idempotencyKey}-${index + 1}`;
    const outcome = await sendPart(telling, content, key);
    if (outcome.kind !== 'told') return outcome;
  }
  return { kind: 'told' };
}

async function sendPart(telling: Telling, content: string, key: string): Promise<TellOutcome> {
  const { agentId, source, hiringId, message } = telling;
  const kind = message.kind === 'question' ? 'question' : 'message';
  let answer = await post(telling, kind === 'question' ? { content, kind } : { content }, key);
  if (kind === 'question' && answer.kind === 'failure' && answer.error.status === 422) {
    // A marketplace that knows no such kind takes it as a message like any other.
    answer = await post(telling, { content }, `${key}-plain`);
  }
  if (answer.kind === 'success') return { kind: 'told' };
  if (answer.kind === 'lost' && answer.nothingSent && source !== undefined) {
    const outcome = await source.useTool({ kind: 'message', hiringId, content });
    return outcome.kind === 'done' ? { kind: 'told' } : { kind: 'not_told', problem: answer.problem };
  }
  if (answer.kind !== 'failure') return { kind: 'not_told', problem: answer.problem };
  const { error } = answer;
  const rejected = error.status === 401 || error.status === 403;
  const problem = rejected ? unauthorizedProblem(agentId, error) : describeApiError(error);
  return { kind: 'not_told', problem };
}

async function post(
  { client, access, hiringId }: Telling,
  body: Readonly<Record<string, string>>,
  idempotencyKey: string,
): Promise<Answer> {
  return await client.send({
    method: 'POST',
    path: `/hirings/${hiringId}/messages`,
    access,
    schemes: 'both',
    body: JSON.stringify(body),
    idempotencyKey,
  });
}
