import {
  agentIdSchema,
  ARTIFACT_TYPES,
  ATTENTION_CODES,
  attentionReasonSchema,
  HOLD_CODES,
  holdReasonSchema,
  CONCERN_CODES,
  ENDS,
  EVENTS,
  MONEY_EVENTS,
  MONEY_STANDINGS,
  FAILURE_REASONS,
  hiringIdSchema,
  INTAKES,
  isEnd,
  MILESTONES,
  Secret,
  STATES,
  taskIdSchema,
  UNREAD_DIGESTS,
  type AcceptedResult,
  type Answer,
  type AttemptMarker,
  type AttemptProgress,
  type AttemptRoom,
  type Attention,
  type BlockedWorker,
  type CheckedFile,
  type CheckedResult,
  type Concern,
  type Conversation,
  type DeliveredFile,
  type Event,
  type MoneyEvent,
  type FormerTokens,
  type CommandAnswer,
  type CommandQuestion,
  type RecentStatement,
  type PendingSaying,
  type SaidSoFar,
  type Hiring,
  type IncomingMessage,
  type LateAssignment,
  type OpenQuestion,
  type OpenState,
  type OutgoingMessage,
  type OwnObject,
  type Milestone,
  type PushedChange,
  type UnclearStatement,
  type UploadedFile,
  type SentMessage,
  type Settlement,
  type WorkerActivity,
  type StepFailure,
  type Verdict,
  type WorkerAddress,
  type WorkerResult,
  withoutFormerTokens,
  withoutToken,
  stepFailureReasonSchema,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';

/**
 * Everything that comes back out of the file and is more than a text or a number is parsed here. A
 * field that the domain has and a schema lacks would be lost without a sound: `Shape` makes that a
 * compile error.
 */
type Shape<T> = { readonly [Key in keyof T]-?: z.core.$ZodType<T[Key]> };

const isOpen = (state: z.infer<typeof stateSchema>): state is OpenState => !isEnd(state);
const isEvent = (text: string): text is Event | MoneyEvent =>
  Object.hasOwn(EVENTS, text) || Object.hasOwn(MONEY_EVENTS, text);

export const stateSchema = z.enum(STATES);
/** The code of an attention; null where there is none. */
export const attentionCodeSchema = z.enum(ATTENTION_CODES).nullable();

export const eventSchema = z.string().refine(isEvent);
export const moneySchema = z.enum(MONEY_STANDINGS);
export const intakeSchema = z.enum(INTAKES);
export const endpointSchema = z.enum(['result', 'failure']) satisfies z.ZodType<Settlement['endpoint']>;
export const activityKindSchema = z.enum(['receipt', 'typing', 'message']) satisfies z.ZodType<
  WorkerActivity['kind']
>;

const openStateSchema = stateSchema.exclude(ENDS).refine(isOpen);

const markerSchema = z.object({
  traceAttempt: z.number().optional(),
  dispatchId: z.string().optional(),
} satisfies Shape<AttemptMarker>);

const hiringSchema = z.object({
  hiringId: hiringIdSchema,
  agentId: agentIdSchema.optional(),
  status: z.string(),
  final: z.boolean().optional(),
  marker: markerSchema,
  workerMatrixId: z.string().optional(),
  description: z.string(),
  capability: z.string().optional(),
  price: z.string().optional(),
  deliveryMode: z.enum(['output', 'push', 'unclear']),
  deliveryStated: z.boolean(),
  repoUrl: z.string().optional(),
  clientMessage: z.string().optional(),
  customerId: z.string().optional(),
  deadlineAtMs: z.number().optional(),
  createdAtMs: z.number().optional(),
  extras: z.record(z.string(), z.unknown()),
  problems: z.array(z.string()),
} satisfies Shape<Omit<Hiring, 'repoToken' | 'messages'>>);

const fileSchema = z.object({ name: z.string(), sizeBytes: z.number() } satisfies Shape<DeliveredFile>);

const answer = {
  text: z.string(),
  summary: z.string(),
  notes: z.array(z.string()),
} satisfies Shape<Answer>;
const answerSchema = z.object(answer);
const resultSchema = z.object({ ...answer, files: z.array(fileSchema) } satisfies Shape<WorkerResult>);

const checkedFileSchema = z.object({
  name: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
  type: z.enum(ARTIFACT_TYPES),
  artifactId: z.string().optional(),
  taken: z.boolean().optional(),
  tooLarge: z.boolean().optional(),
} satisfies Shape<CheckedFile>);
const checkedResultSchema = z.object({
  ...answer,
  files: z.array(checkedFileSchema),
} satisfies Shape<CheckedResult>);

const attentionSchema = z.object({
  reason: attentionReasonSchema,
  quote: z.string().optional(),
  from: openStateSchema,
  endsWith: z.enum(['read', 'activity']).optional(),
  retryAtMs: z.number().optional(),
  judged: z.string().optional(),
  blockedAtMs: z.number().optional(),
  sha256: z.string().optional(),
  held: checkedResultSchema.optional(),
  approves: z.enum(['work', 'result', 'hold']).optional(),
} satisfies Shape<Attention>);

const concernSchema = z.object({
  code: z.enum(CONCERN_CODES),
  sinceMs: z.number(),
} satisfies Shape<Concern>);

const troubleSchema = z.object({
  count: z.number(),
  sinceMs: z.number(),
  waitMs: z.number(),
  reason: stepFailureReasonSchema,
  unforeseen: z.number().optional(),
} satisfies Shape<StepFailure>);

const pushedSchema = z.object({
  branch: z.string(),
  commits: z.array(z.string()),
  filesChanged: z.array(z.string()),
} satisfies Shape<PushedChange>);

const uploadedFileSchema = z.object({
  name: z.string(),
  sizeBytes: z.number().optional(),
  sha256: z.string(),
  artifactId: z.string().optional(),
  taken: z.boolean().optional(),
  soughtFor: z.string().optional(),
} satisfies Shape<UploadedFile>);

const acceptedSchema = z.object({
  result: answerSchema,
  sha256: z.string(),
  digest: z.string(),
  files: z.array(checkedFileSchema),
  uploadUnsure: z.boolean().optional(),
  queued: z.object({ times: z.number(), atMs: z.number() }).optional(),
  pushed: pushedSchema.optional(),
} satisfies Shape<AcceptedResult>);

const conversationSchema = z.object({
  seen: z.array(z.string()),
  received: z.number(),
  incoming: z.array(
    z.object({
      number: z.number(),
      kind: z.enum(['message', 'question', 'answer', 'owner']),
      text: z.string(),
      written: z.boolean(),
    } satisfies Shape<IncomingMessage>),
  ),
  outgoing: z.array(
    z.object({
      kind: z.enum(['progress', 'question', 'owner']),
      text: z.string(),
      key: z.string(),
      tries: z.number(),
    } satisfies Shape<OutgoingMessage>),
  ),
  said: z.number(),
  reports: z.number().optional(),
  questions: z.number().optional(),
  sentKeys: z.array(z.string()).optional(),
  sentCharacters: z.number().optional(),
  notBeforeMs: z.number().optional(),
  relayedAtMs: z.number().optional(),
  question: z.object({ text: z.string(), askedAtMs: z.number() } satisfies Shape<OpenQuestion>).optional(),
  unanswered: z.number(),
} satisfies Shape<Conversation>);

const verdictSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('result'),
    result: resultSchema,
    artifacts: z.array(z.string()).optional(),
    pushed: pushedSchema.optional(),
  } satisfies Shape<Extract<Verdict, { kind: 'result' }>>),
  z.object({
    kind: z.literal('failure'),
    failure: z.object({ reason: z.enum(FAILURE_REASONS), text: z.string() } satisfies Shape<
      Extract<Verdict, { kind: 'failure' }>['failure']
    >),
    looksLeft: z.number().optional(),
    held: z.enum(HOLD_CODES).optional(),
  } satisfies Shape<Extract<Verdict, { kind: 'failure' }>>),
]);

const guardSchema = z.object({
  eventId: z.string(),
  firstEventId: z.string(),
  text: z.string(),
  characters: z.number(),
  atMs: z.number(),
} satisfies Shape<CommandQuestion>);

const answeredSchema = z.object({
  question: z.string(),
  answer: z.enum(['yes', 'no']),
  eventId: z.string(),
  atMs: z.number(),
} satisfies Shape<CommandAnswer>);

const receivedSchema = z.object({
  source: z.string(),
  eventId: z.string().optional(),
  statement: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('blocked'),
      why: z.string(),
      isVague: z.boolean().optional(),
      goesOn: z.boolean().optional(),
    }),
    z.object({ kind: z.literal('question'), what: z.string(), isVague: z.boolean().optional() }),
    z.object({ kind: z.literal('progress'), what: z.string() }),
    z.object({ kind: z.literal('error'), what: z.string(), isVague: z.boolean().optional() }),
    z.object({ kind: z.literal('approval_question') }),
  ]),
  atMs: z.number(),
  placeMs: z.number(),
  receivedAtMs: z.number(),
  sinceMs: z.number(),
  receivedListenedMs: z.number().optional(),
  sinceListenedMs: z.number().optional(),
  talkedMs: z.number().optional(),
} satisfies Shape<RecentStatement>);

const unclearSchema = z.object({
  kind: z.enum(['blocked', 'question', 'completed']),
  words: z.string(),
  source: z.string(),
  atMs: z.number(),
  receivedAtMs: z.number(),
  sinceMs: z.number(),
  workedAtMs: z.number().optional(),
} satisfies Shape<UnclearStatement>);

const saidSchema = z.object({
  lastMs: z.number(),
  ownMs: z.number().optional(),
  talkMs: z.number().optional(),
  markerMs: z.number().optional(),
  completedMs: z.number().optional(),
  reportedMs: z.number().optional(),
  edited: z.array(z.object({ eventId: z.string(), atMs: z.number() })).optional(),
} satisfies Shape<SaidSoFar>);

const pendingSchema = z.object({
  kind: z.enum(['question', 'error']),
  what: z.string(),
  source: z.string(),
  atMs: z.number(),
} satisfies Shape<PendingSaying>);

const messageSchema = z.object({
  purpose: z.enum(['assignment', 'stop', 'clear', 'message', 'no-answer']),
  number: z.number(),
  eventId: z.string(),
  sentAtMs: z.number(),
  afterSequence: z.number(),
} satisfies Shape<SentMessage>);

const workerAddressSchema = z.object({
  name: z.string(),
  userId: z.string(),
  roomId: z.string(),
} satisfies Shape<WorkerAddress>);

const lateSchema = z.array(
  z.object({
    attempt: z.number(),
    taskId: taskIdSchema,
    worker: workerAddressSchema,
    notedAtMs: z.number(),
  } satisfies Shape<LateAssignment>),
);

const progressSchema = z.object({
  worker: workerAddressSchema.optional(),
  room: z.object({ roomId: z.string(), userId: z.string() } satisfies Shape<AttemptRoom>).optional(),
  messages: z.array(messageSchema),
  milestones: z.array(
    z.object({ kind: z.enum(MILESTONES), atMs: z.number(), evidence: z.string() } satisfies Shape<Milestone>),
  ),
  activitySequence: z.number(),
  listing: z.object({ digest: z.string(), sinceMs: z.number() }).optional(),
  claimedAtMs: z.number().optional(),
  blocked: z
    .object({ atMs: z.number(), why: z.string().optional() } satisfies Shape<BlockedWorker>)
    .optional(),
  clearing: z.object({ atMs: z.number(), afterSequence: z.number() }).optional(),
  clearFirst: z.boolean().optional(),
  soughtAtMs: z.number().optional(),
  managerAsked: z.object({ atMs: z.number(), eventId: z.string() }).optional(),
  session: z.string().optional(),
  lastActivityAtMs: z.number().optional(),
  deadlineAtMs: z.number().optional(),
  openedTheirMs: z.number().optional(),
  source: z.object({ branch: z.string(), commit: z.string() }).optional(),
  approved: z
    .object({ price: z.boolean().optional(), work: z.boolean().optional(), sha256: z.string().optional() })
    .optional(),
  suspected: z.string().optional(),
  asked: z.string().optional(),
  tokenInFolder: z.boolean().optional(),
  accepted: acceptedSchema.optional(),
  otherArtifacts: z.array(z.string()).optional(),
  uploadBytes: z.number().optional(),
  uploads: z.array(uploadedFileSchema).optional(),
  conversation: conversationSchema.optional(),
  written: z
    .array(
      z.object({
        name: z.string(),
        sizeBytes: z.number(),
        sha256: z.string(),
        etag: z.string(),
      } satisfies Shape<OwnObject>),
    )
    .optional(),
  wantsNewFolder: z.boolean().optional(),
  unproven: z.object({ version: z.string(), seenAtMs: z.number() }).optional(),
  planted: z.array(z.object({ object: z.string(), seenAtMs: z.number() })).optional(),
  doubt: holdReasonSchema.optional(),
  reported: z.object({ sha256s: z.array(z.string()), unread: z.enum(UNREAD_DIGESTS).optional() }).optional(),
  formerTaskIds: z.array(taskIdSchema).optional(),
  confirming: z.boolean().optional(),
  queued: z.object({ key: z.string(), times: z.number(), atMs: z.number() }).optional(),
  notifyAgain: z.boolean().optional(),
  concern: concernSchema.optional(),
  verdict: verdictSchema.optional(),
  overdueReported: z.boolean().optional(),
  standstills: z.number().optional(),
  lastLookAtMs: z.number().optional(),
  attention: attentionSchema.optional(),
  received: z.array(receivedSchema).optional(),
  said: saidSchema.optional(),
  pending: pendingSchema.optional(),
  unclear: unclearSchema.optional(),
  guard: guardSchema.optional(),
  answered: answeredSchema.optional(),
} satisfies Shape<AttemptProgress>);

/** The hiring without its repository token, which is sealed beside it, and without what was said about it, which the attempt remembers. */
export function hiringToText(hiring: Hiring, former?: FormerTokens): string {
  // What a hirer repeats of a token in its words would lie here in the clear.
  const clean = withoutFormerTokens(withoutToken(hiring), former);
  return JSON.stringify({ ...clean, repoToken: undefined, messages: undefined });
}

export function hiringFromText(text: string, repoToken: string | undefined): Hiring {
  const hiring = hiringSchema.parse(JSON.parse(text));
  return repoToken === undefined ? hiring : { ...hiring, repoToken: new Secret(repoToken) };
}

export function progressToText(progress: AttemptProgress): string {
  return JSON.stringify(progress);
}

export function progressFromText(text: string): AttemptProgress {
  return progressSchema.parse(JSON.parse(text));
}

export function attentionToText(attention: Attention): string {
  return JSON.stringify(attention);
}

export function attentionFromText(text: string): Attention {
  return attentionSchema.parse(JSON.parse(text));
}

export function failureToText(lastFailure: StepFailure): string {
  return JSON.stringify(lastFailure);
}

export function failureFromText(text: string): StepFailure {
  return troubleSchema.parse(JSON.parse(text));
}

export function lateToText(late: readonly LateAssignment[]): string | null {
  return late.length === 0 ? null : JSON.stringify(late);
}

export function lateFromText(text: string | null): readonly LateAssignment[] {
  return text === null ? [] : lateSchema.parse(JSON.parse(text));
}
