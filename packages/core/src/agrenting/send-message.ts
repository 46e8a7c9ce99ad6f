import { describeApiError } from './api-error.ts';
import {
  LIMITS,
  type AgentId,
  type HirerMessage,
  type HiringId,
  type MessageOutcome,
} from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import type { Answer } from './answer.ts';
import type { HiringSource } from './mcp/hiring-source.ts';
import { isMissingRoute, isTurnedAway, turnedAwayProblem } from './missing-route.ts';
import { readHiring } from './read-hiring.ts';
import type { RestClient } from './rest-client.ts';
import { isMessage, namesMessage } from './shown-message.ts';
import { splitText } from './split-text.ts';
import { unauthorizedProblem } from './unauthorized.ts';
import type { Ways, WhyClosed } from './ways.ts';

/** Parts of one message; more would be cut off. */
const MAX_PARTS = 10;

export interface MessageToHirer {
  readonly client: RestClient;
  readonly agentId: AgentId;
  readonly access: AgentAccess;
  readonly source: HiringSource | undefined;
  readonly ways: Ways;
  readonly hiringId: HiringId;
  readonly message: HirerMessage;
}

/**
 * Says something to the hirer: progress as a piece of the stream and a question by a tool for it where the session
 * offers such a one, everything else as messages, by REST or by the tool for them. Told is what the answer shows or a
 * read confirms; between two ways there is a read (Agrenting API reference, 5, 6.6 and 7.5).
 */
export async function sendMessage(telling: MessageToHirer): Promise<MessageOutcome> {
  const { message } = telling;
  const text = message.kind === 'question' ? `Question: ${message.text}` : message.text;
  const byTool = message.kind === 'notice' ? undefined : await sendByOwnTool(telling);
  if (byTool !== undefined) return byTool;
  const parts = splitText(text, LIMITS.messageCharacters).slice(0, MAX_PARTS);
  for (const [index, content] of parts.entries()) {
    const key = index === 0 ? message.idempotencyKey : `${message.idempotencyKey}-${index + 1}`;
    const outcome = await sendPart(telling, content, key);
    if (outcome.kind !== 'delivered') return outcome;
  }
  return { kind: 'delivered' };
}

/** By the tool for progress or for questions; undefined where there is none, and it is to be said as a message. */
async function sendByOwnTool(telling: MessageToHirer): Promise<MessageOutcome | undefined> {
  const { source, hiringId, message } = telling;
  if (source === undefined) return undefined;
  if (message.kind === 'progress') {
    const { kind } = await source.useTool({ kind: 'chunk', hiringId, content: message.text });
    // Nobody can read the stream back, and there is no key that would keep it from arriving twice.
    return kind === 'done' || kind === 'unknown' ? { kind: 'delivered' } : undefined;
  }
  if (message.again === true && (await seen(telling, message.text)) === 'there') return { kind: 'delivered' };
  const { kind } = await source.useTool({ kind: 'question', hiringId, content: message.text });
  if (kind !== 'done' && kind !== 'unknown') return undefined;
  const isMissing = (await seen(telling, message.text)) === 'not_there';
  // There is no key that would keep it from arriving again and again.
  return isMissing && message.again !== true ? NOT_SHOWN : { kind: 'delivered' };
}

const NOT_SHOWN: MessageOutcome = {
  kind: 'not_delivered',
  problem: 'the marketplace accepted the message, but does not show it with the hiring',
};

async function sendPart(telling: MessageToHirer, content: string, key: string): Promise<MessageOutcome> {
  const { source, ways, hiringId, message } = telling;
  // What was sent before and not confirmed may have arrived since.
  if (message.again === true && (await seen(telling, content)) === 'there') return { kind: 'delivered' };
  let problem = 'the marketplace currently accepts no messages';
  let isFirst = true;
  for (const way of ways.open('message', source !== undefined)) {
    if (!isFirst && (await seen(telling, content)) === 'there') return { kind: 'delivered' };
    isFirst = false;
    const sent = await (way === 'mcp' && source !== undefined
      ? byTool(source, hiringId, content)
      : byRest(telling, content, key));
    switch (sent.kind) {
      case 'delivered':
        ways.worked('message', way);
        return sent;
      case 'unconfirmed':
        return await confirmed(telling, content, sent);
      case 'not_delivered':
        return sent;
      case 'closed':
        ways.close('message', way, sent.why);
        problem = sent.problem;
        break;
      case 'turned_away':
        ways.doubt('message', way);
        problem = sent.problem;
    }
  }
  return { kind: 'not_delivered', problem };
}

/** Told, as far as a read shows it; what no read can show is taken at the marketplace's word, and sent twice at most. */
async function confirmed(
  telling: MessageToHirer,
  content: string,
  { saysTaken, hasKey, problem }: Extract<Sent, { kind: 'unconfirmed' }>,
): Promise<MessageOutcome> {
  const isSecond = telling.message.again === true;
  const told = (isTold: boolean): MessageOutcome =>
    isTold ? { kind: 'delivered' } : { kind: 'not_delivered', problem, taken: saysTaken };
  switch (await seen(telling, content)) {
    case 'there':
      return told(true);
    case 'unseen':
      return told(saysTaken || (isSecond && !hasKey));
    case 'unread':
    case 'not_there':
      // Where no read succeeds, the answer may not come from the marketplace. Without a key each time would be one message more.
      return told(isSecond && !hasKey);
  }
}

type Sent =
  | MessageOutcome
  /** It says that it has it, or nothing: a read has to show it. Without a key it arrives as often as it is sent. */
  | {
      readonly kind: 'unconfirmed';
      readonly saysTaken: boolean;
      readonly hasKey: boolean;
      readonly problem: string;
    }
  /** Something in front of the marketplace does not let it through. */
  | { readonly kind: 'turned_away'; readonly problem: string }
  /** Nothing came of it, and nothing can by this way. */
  | { readonly kind: 'closed'; readonly why: WhyClosed; readonly problem: string };

async function byTool(source: HiringSource, hiringId: HiringId, content: string): Promise<Sent> {
  const outcome = await source.useTool({ kind: 'message', hiringId, content });
  switch (outcome.kind) {
    case 'done':
      return namesMessage(outcome.document)
        ? { kind: 'delivered' }
        : { kind: 'unconfirmed', saysTaken: true, hasKey: false, problem: UNSHOWN };
    case 'missing':
      return { kind: 'closed', why: 'missing', problem: 'the MCP server has no tool for messages' };
    case 'unavailable':
      return { kind: 'closed', why: 'unreachable', problem: outcome.problem };
    case 'unknown':
      return { kind: 'unconfirmed', saysTaken: false, hasKey: false, problem: outcome.problem };
    case 'refused':
      return { kind: 'not_delivered', problem: outcome.problem };
  }
}

async function byRest(telling: MessageToHirer, content: string, key: string): Promise<Sent> {
  const { agentId, message } = telling;
  const kind = message.kind === 'question' ? 'question' : 'message';
  let answer = await post(telling, kind === 'question' ? { content, kind } : { content }, key);
  if (kind === 'question' && answer.kind === 'failure' && answer.error.status === 422) {
    // A marketplace that knows no such kind takes it as a message like any other.
    answer = await post(telling, { content }, `${key}-plain`);
  }
  switch (answer.kind) {
    case 'success':
      return isMessage(answer.data, content)
        ? { kind: 'delivered' }
        : { kind: 'unconfirmed', saysTaken: true, hasKey: true, problem: UNSHOWN };
    case 'unreadable':
      return unconfirmed(answer.problem);
    case 'redirected':
      return { kind: 'closed', why: 'unreachable', problem: answer.problem };
    case 'lost':
      return answer.nothingSent
        ? { kind: 'closed', why: 'unreachable', problem: answer.problem }
        : unconfirmed(answer.problem);
    case 'limited':
      return { kind: 'not_delivered', problem: answer.problem };
    case 'failure': {
      const { error } = answer;
      if (isMissingRoute(error)) return { kind: 'closed', why: 'missing', problem: describeApiError(error) };
      if (isTurnedAway(error)) return { kind: 'turned_away', problem: turnedAwayProblem(error) };
      const rejected = error.status === 401 || error.status === 403;
      const problem = rejected ? unauthorizedProblem(agentId, error) : describeApiError(error);
      return error.status >= 500 ? unconfirmed(problem) : { kind: 'not_delivered', problem };
    }
  }
}

/** Nobody said that it was taken. */
function unconfirmed(problem: string): Sent {
  return { kind: 'unconfirmed', saysTaken: false, hasKey: true, problem };
}

const UNSHOWN = 'the answer does not show the message';

/**
 * Whether the marketplace shows these words of ours with the hiring; `unseen` where it shows no messages there, `unread`
 * where no read succeeds.
 */
async function seen(
  telling: MessageToHirer,
  content: string,
): Promise<'there' | 'not_there' | 'unseen' | 'unread'> {
  const { client, agentId, access, source, ways, hiringId } = telling;
  const request = { client, agentId, access, session: source, ways, hiringId, unconfirmed: false };
  const read = await readHiring(request);
  if (read.kind !== 'found') return 'unread';
  if (read.hiring.messages === undefined) return 'unseen';
  const words = content.trim();
  const isThere = read.hiring.messages.some(({ text }) => text.trim() === words);
  return isThere ? 'there' : 'not_there';
}

async function post(
  { client, access, hiringId }: MessageToHirer,
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
