import { z } from '@hono/zod-openapi';
import {
  currentHiring,
  CONCERN_CODES,
  concernOf,
  INTAKES,
  isEnd,
  MONEY_STANDINGS,
  isShownWhole,
  openQuestion,
  possibleCommands,
  STATES,
  versionOf,
  type AttemptRecord,
  type HiringRecord,
  type Pieces,
  attentionTexts,
  ATTENTION_CODES,
  attentionOf,
  type AttemptEvidence,
  type HiringEvidence,
  stepFailureText,
} from '@agrenting-hiclaw/core/domain';
import { displayTitle, filesOfResult, givenTask, withoutToken } from '@agrenting-hiclaw/operations';
import { iso, isoOrNull, time } from './route.ts';

const maybe = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();

const intake = z.enum(INTAKES);
export const stateName = z.enum(STATES);
const ACTIONS = ['retry', 'approve', 'fail', 'hold', 'submit', 'message', 'answer'] as const;

const summaryShape = {
  id: z.string(),
  version: z.string().openapi({
    description:
      'A SHA-256 over everything that a decision depends on: a command names the version that its operator saw.',
  }),
  state: stateName,
  agentId: z.string(),
  worker: maybe(z.string()),
  price: maybe(z.string()),
  capability: maybe(z.string()),
  deliveryMode: z.enum(['output', 'push', 'unclear']),
  attempt: z.int(),
  receivedAt: time,
  updatedAt: time,
  deadlineAt: maybe(time),
  intake,
  needs: maybe(
    z.object({
      reason: z.enum(ATTENTION_CODES),
      why: z.string(),
      todo: z.string(),
      quote: maybe(z.string()),
      approves: maybe(z.enum(['work', 'result', 'hold'])),
    }),
  ),
  concern: maybe(z.object({ code: z.enum(CONCERN_CODES), since: time })).openapi({
    description: 'What an operator may want to know; no action is needed.',
  }),
  lastFailure: maybe(z.string()),
  title: z.string(),
  actions: z.array(z.enum(ACTIONS)),
};

export const hiringSummary = z.object(summaryShape).openapi('HiringSummary');

const attemptView = z.object({
  number: z.int(),
  state: stateName,
  openedAt: time,
  endedAt: maybe(time),
  worker: maybe(z.string()),
  roomId: maybe(z.string()),
  milestones: z.array(z.object({ kind: z.string(), at: time, evidence: z.string() })),
  messages: z.array(z.object({ purpose: z.string(), number: z.int(), eventId: z.string(), sentAt: time })),
  files: z.array(
    z.object({
      name: z.string(),
      sizeBytes: z.number(),
      sha256: maybe(z.string()),
      type: maybe(z.string()),
      artifactId: maybe(z.string()),
    }),
  ),
  result: maybe(z.object({ text: z.string(), summary: z.string(), notes: z.array(z.string()) })),
  failure: maybe(z.object({ reason: z.string(), text: z.string() })),
  settlement: maybe(
    z.object({ endpoint: z.enum(['result', 'failure']), generation: z.int(), unknownSends: z.int() }),
  ),
  conversation: maybe(
    z.object({
      incoming: z.array(z.object({ number: z.int(), kind: z.string(), text: z.string() })),
      outgoing: z.array(z.object({ kind: z.string(), text: z.string() })),
      question: maybe(z.object({ text: z.string(), askedAt: time })),
    }),
  ),
});

export const hiringDetail = z
  .object({
    ...summaryShape,
    question: maybe(
      z.object({
        eventId: z.string(),
        text: z.string(),
        characters: z.int(),
        shownWhole: z.boolean().openapi({ description: 'Only a question shown in full can be approved.' }),
        askedAt: time,
      }),
    ).openapi({ description: 'The command that its worker asks to run; an answer names `eventId`.' }),
    description: z.string(),
    clientMessage: maybe(z.string()),
    repoUrl: maybe(z.string()),
    parameters: maybe(z.string()).openapi({
      description: 'Other input from the hirer, as the JSON text that the worker receives.',
    }),
    marketplaceStatus: z.string(),
    money: maybe(z.enum(MONEY_STANDINGS)).openapi({
      description:
        'Whether an ended hiring counts as paid, and whether that is disputed; null while it is open.',
    }),
    attempts: z.array(attemptView).openapi({ description: 'The latest five, oldest first.' }),
    earlierAttempts: z.int().openapi({ description: 'Number of earlier attempts.' }),
    timeline: z
      .array(
        z.object({
          at: time,
          attempt: z.int(),
          from: stateName,
          to: stateName,
          event: z.string(),
          cause: z.string(),
        }),
      )
      .openapi({ description: 'The latest 1,000 transitions, oldest first.' }),
    earlierTransitions: z.int().openapi({ description: 'Number of earlier transitions.' }),
    received: z.array(
      z.object({ intake, firstAt: time, lastAt: time, times: z.int(), problem: maybe(z.string()) }),
    ),
  })
  .openapi('Hiring');

export type Summary = z.output<typeof hiringSummary>;

/** A hiring as it is listed. The hirer's token may stand in the hirer's own words, so those are cleaned of it. */
export function summaryOf(record: HiringRecord, updatedAtMs: number): Summary {
  const { hiringId, agentId, state, receivedAtMs, attempt, received, lastFailure } = record;
  const hiring = attempt === undefined ? received.hiring : currentHiring(attempt);
  const attention = state === 'attention' ? attentionOf(record) : undefined;
  const clean = withoutToken(record);
  const texts = attentionTexts(record);
  const concern = concernOf(record);
  return {
    id: hiringId,
    version: versionOf(record),
    state,
    agentId,
    worker: attempt?.progress.worker?.name ?? null,
    price: hiring.price ?? null,
    capability: hiring.capability ?? null,
    deliveryMode: hiring.deliveryMode,
    attempt: attempt?.number ?? 0,
    receivedAt: iso(receivedAtMs),
    updatedAt: iso(updatedAtMs),
    deadlineAt: isoOrNull(hiring.deadlineAtMs),
    intake: received.intake,
    needs:
      attention === undefined
        ? null
        : {
            reason: attention.reason.code,
            why: clean(texts?.why ?? ''),
            todo: clean(texts?.todo ?? ''),
            quote: attention.quote === undefined ? null : clean(attention.quote),
            approves: attention.approves ?? null,
          },
    concern: concern === undefined ? null : { code: concern.code, since: iso(concern.sinceMs) },
    lastFailure: lastFailure === undefined ? null : clean(stepFailureText(lastFailure.reason)),
    title: displayTitle(record),
    actions: actionsOf(record),
  };
}

/** What people want to know of one hiring. Each of its attempts may hold megabytes, so each is a piece of its own. */
export function* detailOf(evidence: HiringEvidence): Pieces<z.output<typeof hiringDetail>> {
  const clean = withoutToken(evidence.record);
  yield;
  const detail = withoutAttempts(evidence, clean);
  yield;
  const attempts: z.output<typeof attemptView>[] = [];
  for (const attempt of evidence.attempts) {
    attempts.push(attemptOf(attempt, clean));
    yield;
  }
  return { ...detail, attempts };
}

function withoutAttempts(
  evidence: HiringEvidence,
  clean: Clean,
): Omit<z.output<typeof hiringDetail>, 'attempts'> {
  const { record, earlierAttempts, history, earlierTransitions, forms } = evidence;
  const hiring = record.attempt?.hiring ?? record.received.hiring;
  const updatedAtMs = Math.max(history.at(-1)?.atMs ?? 0, record.received.atMs);
  const task = givenTask(record);
  return {
    ...summaryOf(record, updatedAtMs),
    question: questionOf(record, clean),
    description: task.description,
    clientMessage: task.clientMessage ?? null,
    repoUrl: task.repoUrl ?? null,
    parameters: task.parameters ?? null,
    marketplaceStatus: hiring.status,
    money: record.money ?? null,
    earlierAttempts,
    timeline: history.map(({ atMs, attempt, from, to, event, cause }) => ({
      at: iso(atMs),
      attempt,
      from,
      to,
      event,
      cause,
    })),
    earlierTransitions,
    received: forms.map((form) => ({
      intake: form.intake,
      firstAt: iso(form.firstAtMs),
      lastAt: iso(form.lastAtMs),
      times: form.times,
      problem: form.problem ?? null,
    })),
  };
}

/** What can be done with it now, by the names of the routes. */
function actionsOf(record: HiringRecord): (typeof ACTIONS)[number][] {
  const possible = possibleCommands(record);
  return ACTIONS.filter((action) => {
    if (action === 'answer') return openQuestion(record) !== undefined;
    return possible.includes(action === 'retry' ? 'restart' : action);
  });
}

type Clean = (text: string) => string;

function questionOf(record: HiringRecord, clean: Clean) {
  const question = openQuestion(record);
  if (question === undefined) return null;
  const { eventId, text, characters, atMs } = question;
  return { eventId, text: clean(text), characters, shownWhole: isShownWhole(question), askedAt: iso(atMs) };
}

function attemptOf({ attempt, state, endedAtMs, settlements }: AttemptEvidence, clean: Clean) {
  const { number, openedAtMs, progress } = attempt;
  const { worker, milestones, messages, conversation } = progress;
  const settlement = settlements.at(-1);
  return {
    number,
    state,
    openedAt: iso(openedAtMs),
    endedAt: isoOrNull(isEnd(state) ? endedAtMs : undefined),
    worker: worker?.name ?? null,
    roomId: worker?.roomId ?? null,
    milestones: milestones.map(({ kind, atMs, evidence }) => ({
      kind,
      at: iso(atMs),
      evidence: clean(evidence),
    })),
    messages: messages.map((message) => ({
      purpose: message.purpose,
      number: message.number,
      eventId: message.eventId,
      sentAt: iso(message.sentAtMs),
    })),
    files: filesOf(attempt, clean),
    ...deliveredOf(attempt, clean),
    settlement:
      settlement === undefined
        ? null
        : {
            endpoint: settlement.endpoint,
            generation: settlement.generation,
            unknownSends: settlement.unknownSends,
          },
    conversation:
      conversation === undefined
        ? null
        : {
            incoming: conversation.incoming.map(({ number: nth, kind, text }) => ({
              number: nth,
              kind,
              text: clean(text),
            })),
            outgoing: conversation.outgoing.map(({ kind, text }) => ({ kind, text: clean(text) })),
            question:
              conversation.question === undefined
                ? null
                : {
                    text: clean(conversation.question.text),
                    askedAt: iso(conversation.question.askedAtMs),
                  },
          },
  };
}

/** Those of the result that waits for a yes, or of the one that was accepted: as their bytes were read when it was judged. */
function filesOf(attempt: AttemptRecord, clean: Clean) {
  return filesOfResult(attempt).map(({ deliveredName, sizeBytes, sha256, type, artifactId }) => ({
    name: clean(deliveredName),
    sizeBytes,
    sha256,
    type,
    artifactId: artifactId ?? null,
  }));
}

function deliveredOf({ progress: { verdict, accepted, attention } }: AttemptRecord, clean: Clean) {
  const settled = verdict?.kind === 'result' ? verdict.result : (accepted?.result ?? attention?.held);
  // What is shown beside a button that says yes is what the yes is said to.
  const result = attention?.approves === 'result' ? attention.held : settled;
  const failure = verdict?.kind === 'failure' ? verdict.failure : undefined;
  return {
    result:
      result === undefined
        ? null
        : {
            text: clean(result.text),
            summary: clean(result.summary),
            notes: result.notes.map((note) => clean(note)),
          },
    failure: failure === undefined ? null : { reason: failure.reason, text: clean(failure.text) },
  };
}
