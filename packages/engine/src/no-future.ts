import type { AttemptProgress, Conversation, HiringRecord } from '@agrenting-hiclaw/core/domain';

/** Nothing that waits until a moment waits for longer than this. */
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * The record as it can be: what is noted as having happened later than now was noted by a clock that was set back since,
 * and happened now at the latest. Else silence would not be seen, a folder never lie still, and a pause not end, for as
 * long as the clock was ahead. When it was heard stays: it is in the task folder, which never changes; the store sets right what is in none. The very record
 * when there is nothing of that kind.
 */
export function withoutFuture(record: HiringRecord, nowMs: number): HiringRecord {
  const { attempt, lastReadAtMs, lastFailure } = record;
  const noted = attempt === undefined ? [] : timesOf(attempt.progress);
  const pauses = attempt === undefined ? [] : pausesOf(attempt.progress);
  const isAhead =
    [lastReadAtMs ?? 0, lastFailure?.sinceMs ?? 0, ...noted].some((atMs) => atMs > nowMs) ||
    pauses.some((untilMs) => untilMs > nowMs + LONGEST_PAUSE_MS);
  if (!isAhead) return record;
  return {
    ...record,
    // When it was read last nobody knows, so it is read again.
    lastReadAtMs: lastReadAtMs !== undefined && lastReadAtMs > nowMs ? undefined : lastReadAtMs,
    lastFailure: lastFailure && { ...lastFailure, sinceMs: Math.min(lastFailure.sinceMs, nowMs) },
    attempt:
      attempt === undefined ? undefined : { ...attempt, progress: pastProgress(attempt.progress, nowMs) },
  };
}

/** Moments at which something happened. */
function timesOf(progress: AttemptProgress): readonly number[] {
  const { clearing, listing, managerAsked, unproven, planted = [], answered, guard, conversation } = progress;
  const { received = [], unclear } = progress;
  return [
    ...progress.messages.map(({ sentAtMs }) => sentAtMs),
    ...progress.milestones.map(({ atMs }) => atMs),
    ...planted.map(({ seenAtMs }) => seenAtMs),
    ...received.flatMap(({ receivedAtMs, sinceMs }) => [receivedAtMs, sinceMs]),
    unclear?.receivedAtMs,
    unclear?.sinceMs,
    unclear?.workedAtMs,
    clearing?.atMs,
    progress.queued?.atMs,
    progress.accepted?.queued?.atMs,
    listing?.sinceMs,
    managerAsked?.atMs,
    unproven?.seenAtMs,
    answered?.atMs,
    guard?.atMs,
    conversation?.relayedAtMs,
    conversation?.question?.askedAtMs,
    progress.claimedAtMs,
    progress.soughtAtMs,
    progress.lastActivityAtMs,
    progress.lastLookAtMs,
    progress.concern?.sinceMs,
  ].filter((atMs) => atMs !== undefined);
}

/** Moments until which something waits. */
function pausesOf({ attention, conversation }: AttemptProgress): readonly number[] {
  return [attention?.retryAtMs, conversation?.notBeforeMs].filter((untilMs) => untilMs !== undefined);
}

function pastProgress(progress: AttemptProgress, nowMs: number): AttemptProgress {
  const past = (atMs: number): number => Math.min(atMs, nowMs);
  const pastAt = <Noted extends { readonly atMs: number }>(noted: Noted): Noted => ({
    ...noted,
    atMs: past(noted.atMs),
  });
  const pastSeen = <Seen extends { readonly seenAtMs: number }>(seen: Seen): Seen => ({
    ...seen,
    seenAtMs: past(seen.seenAtMs),
  });
  const { clearing, listing, managerAsked, unproven, planted, answered, guard, unclear } = progress;
  const {
    queued,
    accepted,
    attention,
    concern,
    conversation,
    claimedAtMs,
    soughtAtMs,
    lastActivityAtMs,
    lastLookAtMs,
  } = progress;
  return {
    ...progress,
    messages: progress.messages.map((message) => ({ ...message, sentAtMs: past(message.sentAtMs) })),
    milestones: progress.milestones.map((milestone) => pastAt(milestone)),
    planted: planted?.map((object) => pastSeen(object)),
    received: progress.received?.map((saying) => ({
      ...saying,
      receivedAtMs: past(saying.receivedAtMs),
      sinceMs: past(saying.sinceMs),
    })),
    unclear: unclear && {
      ...unclear,
      receivedAtMs: past(unclear.receivedAtMs),
      sinceMs: past(unclear.sinceMs),
      workedAtMs: unclear.workedAtMs && past(unclear.workedAtMs),
    },
    clearing: clearing && pastAt(clearing),
    queued: queued && pastAt(queued),
    accepted: accepted?.queued === undefined ? accepted : { ...accepted, queued: pastAt(accepted.queued) },
    listing: listing && { ...listing, sinceMs: past(listing.sinceMs) },
    managerAsked: managerAsked && pastAt(managerAsked),
    unproven: unproven && pastSeen(unproven),
    answered: answered && pastAt(answered),
    guard: guard && pastAt(guard),
    claimedAtMs: claimedAtMs && past(claimedAtMs),
    soughtAtMs: soughtAtMs && past(soughtAtMs),
    lastActivityAtMs: lastActivityAtMs && past(lastActivityAtMs),
    lastLookAtMs: lastLookAtMs && past(lastLookAtMs),
    concern: concern && { ...concern, sinceMs: past(concern.sinceMs) },
    conversation: conversation && pastConversation(conversation, nowMs),
    attention: attention && { ...attention, retryAtMs: cutPause(attention.retryAtMs, nowMs) },
  };
}

function pastConversation(conversation: Conversation, nowMs: number): Conversation {
  const { question, relayedAtMs, notBeforeMs } = conversation;
  return {
    ...conversation,
    relayedAtMs: relayedAtMs && Math.min(relayedAtMs, nowMs),
    notBeforeMs: cutPause(notBeforeMs, nowMs),
    question: question && { ...question, askedAtMs: Math.min(question.askedAtMs, nowMs) },
  };
}

/** A pause that ends later than any can, ends now. */
function cutPause(untilMs: number | undefined, nowMs: number): number | undefined {
  return untilMs !== undefined && untilMs > nowMs + LONGEST_PAUSE_MS ? nowMs : untilMs;
}
