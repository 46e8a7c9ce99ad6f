import { z } from 'zod/mini';

// What the admin API answers (docs/openapi.json), as far as the page reads it. Unknown fields are dropped, and unknown words are shown
// as they are.
z.config({ jitless: true });

const text = z.string();
const count = z.number();
const orNull = z.nullable;

export const problemSchema = z.object({ detail: text, todo: z.optional(text) });

export const sessionSchema = z.object({ role: text, name: text });
/** What the login gives: the secret is kept apart from what the page shows. */
export const openedSessionSchema = z.object({ role: text, name: text, secret: text });
export type Session = z.output<typeof sessionSchema>;

const limitsSchema = z.object({
  resultCharacters: count,
  failureCharacters: count,
  messageCharacters: count,
  agentNameCharacters: count,
  agentDescriptionCharacters: count,
  capabilityCharacters: count,
  capabilities: count,
});
export type Limits = z.output<typeof limitsSchema>;
/** What holds for the release of the adapter. */
export const referenceSchema = z.object({
  states: z.array(z.object({ name: text, isEnd: z.boolean() })),
  limits: limitsSchema,
});
export type Reference = z.output<typeof referenceSchema>;

const quantilesSchema = z.object({ at: text, p50Ms: count, p95Ms: count });
export type Quantiles = z.output<typeof quantilesSchema>;

export const overviewSchema = z.object({
  states: z.record(z.string(), count),
  overdue: count,
  attention: count,
  agents: count,
  agentsOffline: count,
  workers: count,
  today: z.object({ hirings: count, grossCents: count, feeCents: count, netCents: count }),
  arrivals: z.array(z.object({ at: text, count })),
  acknowledge: z.array(quantilesSchema),
  settle: z.array(quantilesSchema),
  problems: z.array(text),
  version: text,
});
export type Overview = z.output<typeof overviewSchema>;

const hiringFields = {
  id: text,
  /** Of what is shown: what decides about the hiring names it. */
  version: text,
  state: text,
  agentId: text,
  worker: orNull(text),
  price: orNull(text),
  capability: orNull(text),
  deliveryMode: text,
  attempt: count,
  receivedAt: text,
  deadlineAt: orNull(text),
  needs: orNull(z.object({ why: text, todo: text, quote: orNull(text), approves: orNull(text) })),
  concern: orNull(z.object({ code: text, since: text })),
  lastFailure: orNull(text),
  title: text,
  /** The commands that can be given now. */
  actions: z.array(text),
};
export const hiringItemSchema = z.object(hiringFields);
export type HiringItem = z.output<typeof hiringItemSchema>;

const attemptSchema = z.object({
  number: count,
  state: text,
  openedAt: text,
  worker: orNull(text),
  roomId: orNull(text),
  milestones: z.array(z.object({ kind: text, at: text, evidence: text })),
  messages: z.array(z.object({ purpose: text, number: count, eventId: text, sentAt: text })),
  files: z.array(
    z.object({
      name: text,
      sizeBytes: count,
      sha256: orNull(text),
      type: orNull(text),
      artifactId: orNull(text),
    }),
  ),
  result: orNull(z.object({ text, summary: text, notes: z.array(text) })),
  failure: orNull(z.object({ reason: text, text })),
  settlement: orNull(z.object({ endpoint: text, unknownSends: count })),
  conversation: orNull(
    z.object({
      incoming: z.array(z.object({ kind: text, text })),
      outgoing: z.array(z.object({ kind: text, text })),
      question: orNull(z.object({ text, askedAt: text })),
    }),
  ),
});
export type Attempt = z.output<typeof attemptSchema>;

export const hiringSchema = z.object({
  ...hiringFields,
  question: orNull(
    z.object({ eventId: text, text, characters: count, shownWhole: z.boolean(), askedAt: text }),
  ),
  description: text,
  clientMessage: orNull(text),
  repoUrl: orNull(text),
  /** JSON. */
  parameters: orNull(text),
  marketplaceStatus: text,
  /** Null while it is open. */
  money: orNull(text),
  attempts: z.array(attemptSchema),
  earlierAttempts: count,
  earlierTransitions: count,
  timeline: z.array(z.object({ at: text, attempt: count, from: text, to: text, event: text, cause: text })),
  received: z.array(
    z.object({ intake: text, firstAt: text, lastAt: text, times: count, problem: orNull(text) }),
  ),
});
export type Hiring = z.output<typeof hiringSchema>;

export const agentSchema = z.object({
  /** Null while the marketplace did not say whose key it is. */
  agentId: orNull(text),
  name: orNull(text),
  worker: orNull(text),
  paused: orNull(z.object({ since: text })),
  key: orNull(z.object({ problem: orNull(text) })),
  session: orNull(
    z.object({
      state: text,
      since: orNull(text),
      lastPingAt: orNull(text),
      drops: orNull(count),
      holder: orNull(text),
    }),
  ),
  listed: orNull(
    z.object({
      status: orNull(text),
      availability: orNull(text),
      price: orNull(text),
      capabilities: z.array(text),
    }),
  ),
  hireable: z.object({ ok: z.boolean(), reasons: z.array(text) }),
  openHirings: count,
});
export type Agent = z.output<typeof agentSchema>;

export const workerSchema = z.object({
  name: text,
  userId: text,
  roomId: text,
  runtime: orNull(text),
  state: text,
  lastActivityAt: orNull(text),
  openHirings: count,
});
export type Worker = z.output<typeof workerSchema>;

export const alertSchema = z.object({
  id: count,
  kind: text,
  text,
  sink: text,
  keptAt: text,
  doneAt: orNull(text),
  refusals: count,
});

export const keySchema = z.object({
  agentId: orNull(text),
  worker: orNull(text),
  source: text,
  good: z.boolean(),
  problem: orNull(text),
});
export type AgentKey = z.output<typeof keySchema>;

export const roomSchema = z.object({
  roomId: text,
  hiringId: text,
  worker: text,
  endedAt: orNull(text),
  leftAt: orNull(text),
});
export type Room = z.output<typeof roomSchema>;

export const auditSchema = z.object({
  at: text,
  who: text,
  role: text,
  action: text,
  subject: text,
  outcome: text,
  from: text,
});
export type AuditRow = z.output<typeof auditSchema>;
const rulesSchema = z.object({
  minPrice: orNull(text),
  capabilities: z.array(text),
  repositories: orNull(z.array(text)),
  concurrency: count,
  maxTaskCharacters: count,
  approve: text,
  heldResults: text,
  resultDigest: text,
  push: text,
  questions: text,
  progress: z.boolean(),
});
export type Rules = z.output<typeof rulesSchema>;
export const policySchema = z.object({
  rules: rulesSchema,
  failOverdue: z.boolean(),
  maxMessages: count,
  agents: z.array(z.object({ agentId: orNull(text), worker: orNull(text), rules: rulesSchema })),
});
export type Policy = z.output<typeof policySchema>;

const checkSchema = z.object({ name: text, status: text, detail: text, remedy: orNull(text) });
export type Check = z.output<typeof checkSchema>;
export const doctorSchema = z.object({
  lookedAt: text,
  checks: z.array(checkSchema),
  failed: count,
  warnings: count,
  skipped: count,
});

export const settingsSchema = z.object({
  items: z.array(z.object({ path: text, value: z.unknown(), from: text, secret: z.boolean() })),
});

const amounts = { hirings: count, grossCents: count, feeCents: count, netCents: count };
const earned = { ...amounts, takenBack: count, takenBackCents: count };
const earningsDaySchema = z.object({ agentId: text, day: text, ...earned });
export type EarningsDay = z.output<typeof earningsDaySchema>;
export const earningsSchema = z.object({
  days: z.array(earningsDaySchema),
  total: z.object(earned),
  unreadablePrices: count,
});

/** A part of a list, and where the next one begins. */
export function pageOf<Item extends z.core.SomeType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: orNull(text) });
}

/** What came of a command besides that it was taken. */
export interface CommandResult {
  /** What was not done, or only by half. */
  readonly problem: string | null;
  /** What is left to do. */
  readonly todo: string | null;
}
const NO_RESULT_TEXT: CommandResult = { problem: null, todo: null };

export const hiringAnswerSchema = z.pipe(
  z.object({ state: text }),
  z.transform((): CommandResult => NO_RESULT_TEXT),
);
export const agentAnswerSchema = z.pipe(
  z.object({ problem: orNull(text), todo: orNull(text) }),
  z.transform((said): CommandResult => said),
);
const OUTCOMES: Readonly<Record<string, CommandResult>> = {
  failed: { problem: 'It could not be started.', todo: 'Check its log, or run the doctor.' },
  remote: { problem: null, todo: 'The adapter cannot start this worker; it is assumed to be running.' },
};
export const workerAnswerSchema = z.pipe(
  z.object({ outcome: text }),
  z.transform(({ outcome }): CommandResult => OUTCOMES[outcome] ?? NO_RESULT_TEXT),
);
export const workerStopSchema = z.pipe(
  z.object({ interrupts: z.array(text), startsAgain: z.boolean() }),
  z.transform(({ interrupts, startsAgain }): CommandResult => {
    const lost = interrupts.map((id) => id.slice(0, 8)).join(', ');
    const todo = [
      ...(lost === '' ? [] : [`It was working on ${lost}.`]),
      ...(startsAgain ? ['The adapter restarts it automatically because an open hiring needs it.'] : []),
    ];
    return { problem: null, todo: todo.length === 0 ? null : todo.join(' ') };
  }),
);
export const alertTestSchema = z.pipe(
  z.object({ alerts: z.array(z.object({ sink: text, problem: orNull(text) })) }),
  z.transform(({ alerts }): CommandResult => {
    const problems = alerts.flatMap(({ sink, problem }) => (problem === null ? [] : `${sink}: ${problem}`));
    return problems.length === 0
      ? NO_RESULT_TEXT
      : { problem: problems.join('; '), todo: 'See docs/alerts.md for what each sink needs.' };
  }),
);

export const hiringEventSchema = z.object({ id: text });
