import type { AttentionReason, HoldReason } from '../attention/attention-reason.ts';
import type { Concern } from '../attention/concern.ts';
import type { FormerTokens } from '../credentials/former-tokens.ts';
import type { Conversation } from '../worker-messages/conversation.ts';
import type { MoneyStanding } from '../money/ended-money.ts';
import type { CommandAnswer, CommandQuestion } from '../commands/command-approval.ts';
import type { RecentStatement } from '../worker-messages/recent-statement.ts';
import type { AttemptMarker, Hiring } from './hiring.ts';
import type { AgentId, HiringId, MessagePurpose, TaskId } from './ids.ts';
import type { Intake } from './intake.ts';
import type { OwnObject } from '../ports/task-storage.ts';
import type { Milestone } from './milestone.ts';
import type { ReportedDigest } from '../worker-messages/reported-digest.ts';
import type { AcceptedResult, CheckedResult, Queued, UploadedFile, Verdict } from '../result/result.ts';
import type { PendingSaying, SaidSoFar } from '../worker-messages/said-so-far.ts';
import type { Settlement } from './settlement.ts';
import type { OpenState, State } from './states.ts';
import type { StepFailureReason } from '../attention/step-failure.ts';
import type { UnclearStatement } from '../worker-messages/unclear-statement.ts';
import type { WorkerAddress } from '../workers/worker.ts';

/** A message that the homeserver has. */
export interface SentMessage {
  readonly purpose: MessagePurpose;
  readonly number: number;
  readonly eventId: string;
  readonly sentAtMs: number;
  /** The newest stored activity before it was sent: only later ones can answer it. */
  readonly afterSequence: number;
}

/** Why an operator has to decide; `attentionTexts` says it. */
export interface Attention {
  readonly reason: AttentionReason;
  /** What the worker said, where that is why: shown in a block of its own, and in no log. */
  readonly quote?: string | undefined;
  /** The state it came from. */
  readonly from: OpenState;
  /** What ends it without a person: a read that shows the hiring as active, or an activity of the worker. */
  readonly endsWith?: 'read' | 'activity' | undefined;
  /** When what failed is tried again without a person. */
  readonly retryAtMs?: number | undefined;
  /** The listing of the task folder whose result is held: one that changed since is inspected again. */
  readonly judged?: string | undefined;
  /** When the worker said that it is blocked (`BlockedWorker`), where that was known: another saying of it is reviewed again. */
  readonly blockedAtMs?: number | undefined;
  /** Names the snapshot that is held (`snapshotSha256`): a yes is said to this one, and to no other. */
  readonly sha256?: string | undefined;
  /** The result that is held, so that its owner sees what a yes would settle: what is shown is settled, byte for byte. */
  readonly held?: CheckedResult | undefined;
  /** What the owner's yes lets go on: the work, the result that is held, or what the owner holds back by hand. */
  readonly approves?: 'work' | 'result' | 'hold' | undefined;
}

/** Failures of the present step in a row; any step that gets on ends it. */
export interface StepFailure {
  readonly count: number;
  /** When the first of them was. */
  readonly sinceMs: number;
  /** The wait that was chosen after the last one, in milliseconds. */
  readonly waitMs: number;
  /** Why the last one failed. */
  readonly reason: StepFailureReason;
  /** How many of them nobody foresaw; those in between that somebody did are not counted. */
  readonly unforeseen?: number | undefined;
}

/** What a worker said of being blocked. */
export interface BlockedWorker {
  /** When it said so, by the homeserver's clock. */
  readonly atMs: number;
  /** Its words, to be acted on; undefined where it asks something meanwhile. */
  readonly why?: string | undefined;
}

/** The attempt's own room and the worker it was opened for. */
export interface AttemptRoom {
  readonly roomId: string;
  readonly userId: string;
}

/** What the engine remembers of an attempt between two steps. Kept as one JSON document. */
export interface AttemptProgress {
  readonly worker?: WorkerAddress | undefined;
  /** Where the attempt has a room of its own: `worker.roomId` names it too. */
  readonly room?: AttemptRoom | undefined;
  /** Whether the worker is to forget what other hirers' jobs said in its room before it is notified of this one. */
  readonly clearFirst?: boolean | undefined;
  /** When the worker was told to forget, and the newest activity before that. */
  readonly clearing?: { readonly atMs: number; readonly afterSequence: number } | undefined;
  readonly messages: readonly SentMessage[];
  readonly milestones: readonly Milestone[];
  /** Signs up to this sequence were looked at. */
  readonly activitySequence: number;
  /** The last look into the task folder that showed a result, and when that look was first had. */
  readonly listing?: { readonly digest: string; readonly sinceMs: number } | undefined;
  /** When a chat line first claimed that the work is done while no result lay in the folder. */
  readonly claimedAtMs?: number | undefined;
  /** That the worker said it is blocked and has not reported the task as completed since. */
  readonly blocked?: BlockedWorker | undefined;
  /** When the worker's room was last searched for assignments of this attempt that the store does not know, in vain. */
  readonly soughtAtMs?: number | undefined;
  /** When the Manager was asked to see to the worker, and the event that did. */
  readonly managerAsked?: { readonly atMs: number; readonly eventId: string } | undefined;
  /** What last showed the worker's conversation in the attempt's own room, where that can be seen. */
  readonly session?: string | undefined;
  /** When the worker last showed that it works on this attempt. */
  readonly lastActivityAtMs?: number | undefined;
  /** The commit of the hirer's repository that the worker was given to work on. */
  readonly source?: { readonly branch: string; readonly commit: string } | undefined;
  /** True while the hirer's token lies in the task folder, because the owner has workers push by themselves. */
  readonly tokenInFolder?: boolean | undefined;
  /** What the owner said yes to: a price that nobody can read, the work, and one snapshot of a result. */
  readonly approved?:
    | {
        readonly price?: boolean | undefined;
        readonly work?: boolean | undefined;
        readonly sha256?: string | undefined;
      }
    | undefined;
  /** The snapshot whose change seemed to hold a credential, which the owner was told. */
  readonly suspected?: string | undefined;
  /** The task folder's digest when its result was a question. */
  readonly asked?: string | undefined;
  readonly accepted?: AcceptedResult | undefined;
  /** Ids of the hiring's artifacts that are none of this attempt's: of earlier attempts, or of nobody knows what. */
  readonly otherArtifacts?: readonly string[] | undefined;
  /** As much as goes into one upload, where the marketplace refused more for its size. */
  readonly uploadBytes?: number | undefined;
  /** What was or may have been uploaded for results of this attempt that were replaced. */
  readonly uploads?: readonly UploadedFile[] | undefined;
  readonly conversation?: Conversation | undefined;
  /** What was written into the task folder, as it was read back: a change of it holds the hiring. */
  readonly written?: readonly OwnObject[] | undefined;
  /** True when the next hand-over is to have a task folder of its own, because this one was meddled with. */
  readonly wantsNewFolder?: boolean | undefined;
  /** A result that lay there before the worker showed any activity, and when it was first seen: it is not the worker's. */
  readonly unproven?: { readonly version: string; readonly seenAtMs: number } | undefined;
  /**
   * Every object that lay there before the worker showed any activity, as one text for its name and version: it is not the
   * worker's. One more than `MAX_PLANTED` of them stands for any number.
   */
  readonly planted?: readonly { readonly object: string; readonly seenAtMs: number }[] | undefined;
  /** Why the result that is judged is not taken for the worker's own: it is held. */
  readonly doubt?: HoldReason | undefined;
  /** The SHA-256 of `result.md` by the worker's newest report that says something of one. */
  readonly reported?: ReportedDigest | undefined;
  /** Task ids of this attempt whose folders were given up, the oldest first. */
  readonly formerTaskIds?: readonly TaskId[] | undefined;
  /** True until a read has looked for a settlement that the marketplace says to have taken. */
  readonly confirming?: boolean | undefined;
  /** The settlement that the marketplace says to have in its queue, by its key. */
  readonly queued?: (Queued & { readonly key: string }) | undefined;
  /** True when the worker is to be told once more, because what kept it from working may be over. */
  readonly notifyAgain?: boolean | undefined;
  /** What the operator is alerted to while the attempt continues automatically. */
  readonly concern?: Concern | undefined;
  readonly verdict?: Verdict | undefined;
  /** True once the hirer was told that the work goes on past the deadline. */
  readonly overdueReported?: boolean | undefined;
  /** How often an operator was asked because a step kept failing: each time it is longer until the next try. */
  readonly standstills?: number | undefined;
  /** The newest deadline that a read showed since the attempt was opened, by the marketplace's clock, where it was moved. */
  readonly deadlineAtMs?: number | undefined;
  /**
   * When the attempt was opened, by the marketplace's clock as far as that was known: where the hiring has no deadline, its time
   * counts from then. Our own clock may be set at any time.
   */
  readonly openedTheirMs?: number | undefined;
  /** When the attempt was looked at for the last time before it is reported as failed, long past its deadline. */
  readonly lastLookAtMs?: number | undefined;
  readonly attention?: Attention | undefined;
  /** What the worker said a moment ago, oldest first: it may still be edited, taken back or followed by something else. */
  readonly received?: readonly RecentStatement[] | undefined;
  /** What a late message is compared with. */
  readonly said?: SaidSoFar | undefined;
  /** What the worker said that is still to be acted on: a look may have had something else to do, or could not look. */
  readonly pending?: PendingSaying | undefined;
  /** What the worker said of which it is not clear whether it is meant. */
  readonly unclear?: UnclearStatement | undefined;
  /** The question of its guard that the worker waits with, as its room last showed it. */
  readonly guard?: CommandQuestion | undefined;
  /** The last answer to such a question. */
  readonly answered?: CommandAnswer | undefined;
}

/** One run of a hiring. */
export interface AttemptRecord {
  /** 1 for the first; (hiring id, number) is unique. */
  readonly number: number;
  readonly marker: AttemptMarker;
  readonly taskId: TaskId;
  /** The hiring as the confirming read showed it. */
  readonly hiring: Hiring;
  readonly openedAtMs: number;
  readonly progress: AttemptProgress;
  /** The newest generation. */
  readonly settlement?: Settlement | undefined;
}

/** An assignment that may have arrived after its lease was over, and where. */
export interface LateAssignment {
  readonly attempt: number;
  readonly taskId: TaskId;
  readonly worker: WorkerAddress;
  readonly notedAtMs: number;
}

/** One hiring as the store has it. */
export interface HiringRecord {
  readonly hiringId: HiringId;
  readonly agentId: AgentId;
  /** The state of its newest attempt; `received` before the first. */
  readonly state: State;
  readonly receivedAtMs: number;
  /** The newest form in which it was received. */
  readonly received: { readonly intake: Intake; readonly hiring: Hiring; readonly atMs: number };
  /** True when it was heard again since the last read of it. */
  readonly rereadWanted: boolean;
  /** When the marketplace was last read for it; undefined before the first read. */
  readonly lastReadAtMs?: number | undefined;
  readonly lastFailure?: StepFailure | undefined;
  /** Why a person is needed before there is an attempt. */
  readonly attention?: Attention | undefined;
  readonly attempt?: AttemptRecord | undefined;
  /** Assignments that arrived when another process had the hiring already, until each is taken back or needs not to be. */
  readonly late?: readonly LateAssignment[] | undefined;
  /** Whether it counts as paid; undefined while it is open. */
  readonly money?: MoneyStanding | undefined;
  /** Finds the repository tokens that the hirer gave so far, those of ended attempts among them. */
  readonly formerTokens?: FormerTokens | undefined;
}

/** An attempt's memory at its beginning. */
export const FRESH_PROGRESS: AttemptProgress = { messages: [], milestones: [], activitySequence: 0 };

/** The hiring of an attempt with its deadline as the marketplace states it now, which is not what its task folder says. */
export function currentHiring({ hiring, progress }: Pick<AttemptRecord, 'hiring' | 'progress'>): Hiring {
  return progress.deadlineAtMs === undefined ? hiring : { ...hiring, deadlineAtMs: progress.deadlineAtMs };
}

/** Every task id that an attempt had: those whose folder was given up first, the present one last. */
export function taskIdsOf({
  taskId,
  progress,
}: Pick<AttemptRecord, 'taskId' | 'progress'>): readonly TaskId[] {
  return [...(progress.formerTaskIds ?? []), taskId];
}

/** Why an operator has to decide, or had to when it ended: of a hiring without an attempt it is kept beside it. */
export function attentionOf({ attention, attempt }: HiringRecord): Attention | undefined {
  return attention ?? attempt?.progress.attention;
}
