import {
  DEFAULT_DEADLINE,
  DEFAULT_POLICY,
  DEFAULT_TIMING,
  LIMITS,
  NO_SECRETS,
  type AgentId,
  type Backoff,
  type DeadlinePolicy,
  type KnownSecrets,
  type Policy,
} from '@agrenting-hiclaw/core/domain';

/** How patient and how eager the engine is. Every time is in milliseconds. */
export interface EngineSettings {
  /** Names this process in leases. */
  readonly holder: string;
  /** The Matrix id that workers report to. */
  readonly reportTo: string;
  /** Hirings worked on at once. */
  readonly concurrency: number;
  /** How long a process may be silent before another takes its hirings. */
  readonly leaseMs: number;
  /** How long a step may take: one that takes longer waits for a call that has no end. */
  readonly stepMs: number;
  /** How often to look for what other processes stored. */
  readonly pollMs: number;
  /** Wait after a failed step. */
  readonly backoff: Backoff;
  /** How often an open hiring is read again, since nobody tells of a cancellation (Agrenting API reference, 21 #21). */
  readonly rereadMs: number;
  /** How often a hiring that is not yet ours is read again. */
  readonly waitingMs: number;
  /** How often the task folder of a working worker is looked into; activity in the room makes it sooner. */
  readonly inspectMs: number;
  /** A worker that shows no activity for this long after a message is woken and told again. */
  readonly acknowledgeMs: number;
  /** A worker at work that shows no activity for this long is notified again. */
  readonly silenceMs: number;
  /** Messages to a worker about one attempt, the first one counted. Each costs its owner model time. */
  readonly maxMessages: number;
  /** A hiring older than this is looked for in the worker's room before its worker is notified: it may have been told. */
  readonly lookFirstAfterMs: number;
  /** Takes up what workers were told before, and tells them nothing: for as long as a lost store is recreated. */
  readonly adoptOnly: boolean;
  /** A result that its worker reported as completed counts when nothing in its folder moved for this long. */
  readonly quietMs: number;
  /** A result without such a report counts when nothing moved in its folder, nor in the worker's room, for this long. */
  readonly unreportedQuietMs: number;
  /** What a worker says counts once it has been still for so long: until then it may be edited or taken back. */
  readonly stillMs: number;
  /** The same for a worker that says that it is blocked, which ends the hiring. */
  readonly blockedMs: number;
  /** How long a claim of being done may stand without a result in the folder. */
  readonly claimGraceMs: number;
  /** How long a worker may take to say that it has forgotten a conversation; then it is notified of its task all the same. */
  readonly clearMs: number;
  /** How often a hiring that waits for a person is looked at. */
  readonly attentionMs: number;
  /** What the owner of an agent allows, its worker's open assignments among it. */
  readonly policy: (agentId: AgentId) => Policy;
  /** How long a worker waits for the hirer's answer before it is notified that none came. */
  readonly answerWaitMs: number;
  /** Between two messages to a hirer. */
  readonly sendEveryMs: number;
  /** Largest file that is uploaded. */
  readonly maxFileBytes: number;
  /** As much as goes into one upload. */
  readonly batchBytes: number;
  /** Credentials that no result, message or change may hold, beside the hirer's own token. */
  readonly secrets: KnownSecrets;
  /** A settlement that the marketplace does not take for this long is alerted; it is tried further all the same. */
  readonly delayedMs: number;
  readonly deadline: DeadlinePolicy;
  /** Report a worker that is still at work at the deadline as failed, instead of asking the owner. */
  readonly failOverdue: boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What holds where the configuration says nothing. */
export const DEFAULT_SETTINGS: Omit<EngineSettings, 'holder' | 'reportTo'> = {
  ...DEFAULT_TIMING,
  concurrency: 16,
  stepMs: 10 * MINUTE,
  pollMs: SECOND / 2,
  backoff: { baseMs: SECOND, capMs: 5 * MINUTE },
  waitingMs: 5 * SECOND,
  maxMessages: 4,
  lookFirstAfterMs: 2 * MINUTE,
  adoptOnly: false,
  policy: () => DEFAULT_POLICY,
  sendEveryMs: 10 * SECOND,
  maxFileBytes: LIMITS.deliveredFileBytes,
  batchBytes: 4_000_000,
  secrets: NO_SECRETS,
  delayedMs: 5 * MINUTE,
  deadline: DEFAULT_DEADLINE,
  failOverdue: false,
};
