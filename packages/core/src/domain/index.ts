export {
  ARTIFACT_TYPES,
  artifactOf,
  artifactTypeOf,
  MAX_BATCH_ARTIFACTS,
  halfOf,
  nextBatch,
  textOf,
  type Artifact,
  type ArtifactType,
} from './result/artifacts.ts';
export {
  answerLeftMs,
  reachedMessageLimit,
  receiveMessages,
  messageKeyOf,
  NO_CONVERSATION,
  queueForHirer,
  isQueuedOrSent,
  type Conversation,
  type HiringMessage,
  type IncomingMessage,
  type OpenQuestion,
  type OutgoingMessage,
  type MessageLimit,
} from './worker-messages/conversation.ts';
export { inQuotes } from './text/in-quotes.ts';
export { LIMITS, utf8Bytes } from './limits.ts';
export { INTAKES, type Intake } from './hiring/intake.ts';
export { DEFAULT_HICLAW_PROFILE, HICLAW_PROFILES, type HiclawProfile } from './workers/hiclaw-profile.ts';
export { parseTimeMs } from './text/time.ts';
export { TheirClock, type ClockReading } from './policies/their-clock.ts';
export { inTurns, type Pieces } from './text/in-turns.ts';
export { deliveredNames, deliveredNamesOf } from './result/delivered-name.ts';
export { brokenRule, DEFAULT_POLICY, deliveryOf, isPriceUnclear, type Policy } from './policies/policy.ts';
export { resolveAttempt, type AttemptResolution, type KnownAttempt } from './hiring/attempt.ts';
export { withoutFormerTokens, withoutToken } from './credentials/without-token.ts';
export { parseDocumentForm } from './parsers/document-form.ts';
export { parseWebhookForm } from './parsers/webhook-form.ts';
export {
  endOfStatus,
  mayWaitForHours,
  saysDelivery,
  standingOf,
  statusWord,
  unreadHiring,
  type AttemptMarker,
  type DeliveryMode,
  type Hiring,
  type ParsedHiring,
  type Standing,
  withDelivery,
} from './hiring/hiring.ts';
export {
  ATTENTION_CODES,
  ATTENTION_TRAITS,
  traitsOf,
  type AttentionTraits,
} from './attention/attention-traits.ts';
export {
  attentionTexts,
  attentionWhy,
  type AttentionTexts,
  type Audience,
} from './attention/attention-texts.ts';
export { CONCERN_CODES, concernOf, type Concern, type ConcernCode } from './attention/concern.ts';
export {
  currentHiring,
  FRESH_PROGRESS,
  taskIdsOf,
  type AttemptProgress,
  type AttemptRecord,
  type Attention,
  attentionOf,
  type AttemptRoom,
  type BlockedWorker,
  type HiringRecord,
  type LateAssignment,
  type SentMessage,
  type StepFailure,
} from './hiring/hiring-record.ts';
export type {
  ControllerCliOptions,
  ControllerOptions,
  ControllerRestOptions,
  LifecycleOptions,
  ScriptOptions,
} from './workers/lifecycle-options.ts';
export {
  attentionReasonSchema,
  HOLD_CODES,
  holdReasonSchema,
  isHold,
  wantsNewFolder,
  type AttentionCode,
  type AttentionReason,
  type HoldCode,
  type HoldReason,
} from './attention/attention-reason.ts';
export {
  stepFailureReasonSchema,
  stepFailureText,
  type StepFailureCode,
  type StepFailureReason,
} from './attention/step-failure.ts';
export { type ResultDoubt, type UnclearResult } from './attention/unclear-result.ts';
export {
  agentIdSchema,
  UNNAMED_AGENT,
  hiringIdSchema,
  idempotencyKeyOf,
  NONCE_DIGITS,
  isTaskOf,
  TASK_ID_SOURCE,
  taskIdOf,
  taskIdSchema,
  transactionIdOf,
  type AgentId,
  type HiringId,
  type MessagePurpose,
  type TaskId,
  type TaskIds,
} from './hiring/ids.ts';
export {
  MONEY_EVENTS,
  MONEY_STANDINGS,
  moneyChange,
  standingAtEnd,
  type MoneyChange,
  type MoneyEvent,
  type MoneyStanding,
} from './money/ended-money.ts';
export { endedReadingOf, type EndedReading } from './hiring/ended-reading.ts';
export { LONGEST_ENDED_REREAD_WAIT_MS, nextEndedRereadAtMs } from './policies/ended-reread.ts';
export { earningOf, forecastPayout, formatCents, parseCents, type Earning } from './money/money.ts';
export { nextWaitMs, type Backoff, type Random } from './policies/backoff.ts';
export {
  FRESH_PACE,
  rateOf,
  refusedBy,
  SEND_RANKS,
  takeFrom,
  type SendPace,
  type SendQueue,
  type SendRank,
  type SendRate,
} from './policies/send-rate.ts';
export { CLOCK_SPREAD_MS, instantOf, passedMs, type Instant } from './policies/instant.ts';
export { DEFAULT_DEADLINE, DEFAULT_TIMING } from './policies/default-timing.ts';
export { deadlineOf, giveUpAtMs, latestEndAtMs, type DeadlinePolicy } from './policies/deadline.ts';
export {
  ALERT_KINDS,
  CHOSEN_ALERT_KINDS,
  HIRING_ALERT_KINDS,
  type Alert,
  type AlertCounts,
  type AlertKind,
  type AlertLog,
  type AlertRules,
  type HiringAlertKind,
  type OfflineAgent,
  type OfflineReason,
  type KnownOfflineAgent,
  type LoggedTransition,
  type NewAlert,
  type WaitingAlert,
} from './ports/alert-log.ts';
export type { AttemptRooms, RoomOutcome } from './ports/attempt-rooms.ts';
export { counted } from './text/counted.ts';
export type { Clock } from './ports/clock.ts';
export {
  OVERDUE_GRACE_MS,
  type AcceptOutcome,
  type OtherDelivery,
  type QueueStats,
  type Claim,
  type ClaimRequest,
  type ReceivedDelivery,
  type HiringStore,
  type Transition,
  type StepCommit,
} from './ports/hiring-store.ts';
export type { Leases } from './ports/leases.ts';
export { ENDED_REREADS_LEASE, mcpSessionLease, RETENTION_LEASE } from './ports/lease-names.ts';
export { createTaskTokens, type TaskTokens } from './credentials/task-tokens.ts';
export type { AskOutcome, Manager } from './ports/manager.ts';
export type {
  ArtifactDigest,
  ArtifactList,
  HirerMessage,
  HiringRead,
  ReadPurpose,
  Marketplace,
  SettleOutcome,
  MessageOutcome,
  UploadedArtifact,
  UploadOutcome,
} from './ports/marketplace.ts';
export type { FindOutcome, FoundMessage, Messenger, SendOutcome, WorkerMessage } from './ports/messenger.ts';
export {
  SOURCE_BRANCH,
  type PushOrder,
  type PushOutcome,
  type Repositories,
  type RepositoryAccess,
  type RepositoryFailure,
  type SourceOutcome,
} from './ports/repositories.ts';
export type { LoggedRoom, RoomLog } from './ports/rooms.ts';
export type { BudgetChange, RequestBudget, RequestBudgets } from './ports/request-budgets.ts';
export type { Allowance, SendBudget, SendLane, SendRefusal, TakeRequest } from './ports/send-budget.ts';
export type { Listened, LongTexts, ActivityLog, UnreadText } from './ports/worker-activity.ts';
export type {
  AnswerDigests,
  Collected,
  Expected,
  FolderInspection,
  OwnObject,
  StageOutcome,
  Verified,
  WriteOutcome,
  TaskOrder,
  TaskStorage,
  FileRead,
  FolderMessage,
  TaskDelivery,
} from './ports/task-storage.ts';
export type { WorkerChoice, WorkerDirectory } from './ports/worker-directory.ts';
export type { Readiness, WorkerLifecycle } from './ports/worker-lifecycle.ts';
export { MILESTONES, type Milestone, type MilestoneKind } from './hiring/milestone.ts';
export { isSafeOutbound, outboundText } from './text/outbound-text.ts';
export { isWorkInFile, assessResult, saidBy, secretsOf, type GateOutcome } from './result/quality-gate.ts';
export {
  CREDENTIAL_CODES,
  describeCredential,
  type CredentialCode,
  type CredentialFinding,
} from './credentials/finding.ts';
export { FormerTokens } from './credentials/former-tokens.ts';
export { tracesOf, type KeyedDigest, type SecretTrace } from './credentials/secret-trace.ts';
export { KnownSecrets, NO_SECRETS, type KnownSecret } from './credentials/known-secrets.ts';
export { knownSecretIn, scanForCredentials, scanShortText } from './credentials/scan.ts';
export {
  FAILURE_REASONS,
  type AcceptedResult,
  type Answer,
  type CheckedFile,
  type CheckedResult,
  type DeliveredFile,
  type FailureReason,
  type NamedDigest,
  type PushedChange,
  type Queued,
  type UploadedFile,
  type Verdict,
  type WorkFailure,
  type WorkerResult,
} from './result/result.ts';
export { withoutUserInfo } from './parsers/repository-address.ts';
export { Secret } from './credentials/secret.ts';
export {
  ANSWER_REFUSALS,
  isShownWhole,
  MAX_APPROVABLE_QUESTION_CHARACTERS,
  MAX_KEPT_QUESTION_CHARACTERS,
  type AnswerRefusal,
  type CommandAnswer,
  type CommandQuestion,
} from './commands/command-approval.ts';
export type { RecentStatement, StatementContent } from './worker-messages/recent-statement.ts';
export type { PendingSaying, SaidSoFar } from './worker-messages/said-so-far.ts';
export type { UnclearStatement } from './worker-messages/unclear-statement.ts';
export { versionOf } from './hiring/hiring-version.ts';
export { openQuestion, whyUnanswerable } from './commands/open-question.ts';
export {
  answeredStep,
  commandStep,
  possibleCommands,
  type CommandKind,
  type Decision,
  type OperatorCommand,
} from './commands/operator-command.ts';
export {
  nextSettlement,
  settlementRequest,
  type Settlement,
  type SettlementForm,
} from './hiring/settlement.ts';
export type { WorkerActivity, StoredActivity } from './workers/activity.ts';
export {
  filesToUpload,
  hasFile,
  isSameFile,
  MAX_UNFOUND,
  withoutAccepted,
  withoutUntaken,
  withoutYes,
  withUploads,
} from './result/accepted-result.ts';
export { snapshotSha256, type Settled } from './result/snapshot.ts';
export {
  ENDS,
  EVENTS,
  isEnd,
  next,
  STATES,
  TRANSITIONS,
  type End,
  type Event,
  type OpenState,
  type State,
} from './hiring/states.ts';
export {
  HANDED_IN_STATUSES,
  isWorkerObject,
  JUDGED_STATUSES,
  MESSAGES_FOLDER,
  OWN_OBJECTS,
  RESULT_OBJECT,
  SOURCE_FOLDER,
} from './result/task-objects.ts';
export type { WorkerAddress, WorkerTask } from './workers/worker.ts';
export { UNREAD_DIGESTS, type ReportedDigest, type UnreadDigest } from './worker-messages/reported-digest.ts';
export {
  asksForApproval,
  blockedLine,
  completionLine,
  completionLineWithDigest,
  readWorkerMessage,
  type ReportedAttempt,
  type WorkerStatement,
  progressLine,
  questionLine,
} from './worker-messages/parse-worker-message.ts';
export type { AgentSessionNote, AgentSessionNotes } from './ports/store/agent-sessions.ts';
export type { AuditEntry, AuditLog } from './ports/store/audit-log.ts';
export type { BegunCommand, CommandLog } from './ports/store/command-log.ts';
export type { ConsoleSession, ConsoleSessions } from './ports/store/console-sessions.ts';
export type { DecideOutcome, Decided, HeldOutcome, StepOr } from './ports/store/decisions.ts';
export type { EarningsRequest, PaidHirings } from './ports/store/earnings.ts';
export type { EndedReread, EndedRereads, RereadOutcome } from './ports/store/ended-rereads.ts';
export type { AttemptEvidence, HiringEvidence } from './ports/store/evidence.ts';
export type { DeliveryForm, SeenTimes, MalformedDelivery, IgnoredDelivery } from './ports/store/inbox.ts';
export type {
  FindRequest,
  FoundPage,
  ListPosition,
  ListRequest,
  ListedHiring,
} from './ports/store/listing.ts';
export type {
  KeptAlert,
  KeptRoom,
  NumberedTransition,
  Overview,
  WorkerHiring,
} from './ports/store/overview.ts';
export type { Pause, Pauses } from './ports/store/pauses.ts';
export type { StoreReadiness } from './ports/store/readiness.ts';
export type { EndedHiring, EndedRequest, Remains, Retention } from './ports/store/retention.ts';
export type { Store } from './ports/store/store.ts';
export { StoreError, type StoreErrorKind } from './ports/store/store-error.ts';
export { tasksAtWorkers, type TaskAtWorker } from './workers/assigned-tasks.ts';
export { commandHiring, type CommandOutcome } from './commands/command-hiring.ts';
export { delegate, intercept, type PortCall } from './ports/delegate.ts';
