import {
  currentHiring,
  withoutUserInfo,
  type Hiring,
  type AttemptEvidence,
  type HiringEvidence,
} from '@agrenting-hiclaw/core/domain';

/** What the store knows of a hiring, as the documents of an archive, by their names. No secret is in them: those are of a type that prints as `[redacted]`. */
export function documentsOf(evidence: HiringEvidence): Readonly<Record<string, unknown>> {
  const { record, attempts, history, forms } = evidence;
  return {
    'hiring.json': {
      hiringId: record.hiringId,
      agentId: record.agentId,
      state: record.state,
      receivedAt: iso(record.receivedAtMs),
      textsEmptiedAt: perhaps(evidence.redactedAtMs),
      taskFoldersDeletedAt: perhaps(evidence.foldersDeletedAtMs),
      hiring: hiringOf(attempts.at(-1)?.attempt.hiring ?? record.received.hiring),
      attempts: attempts.map((attempt) => attemptOf(attempt)),
    },
    'timeline.json': history.map(({ atMs, attempt, from, event, to, cause }) => ({
      at: iso(atMs),
      attempt,
      from,
      event,
      to,
      cause,
    })),
    'deliveries.json': forms.map(({ intake, firstAtMs, lastAtMs, times, problem }) => ({
      intake,
      first: iso(firstAtMs),
      last: iso(lastAtMs),
      times,
      problem,
    })),
    'settlements.json': attempts.flatMap(({ attempt, settlements }) =>
      settlements.map((settlement) => ({ attempt: attempt.number, ...settlement })),
    ),
  };
}

function attemptOf({ attempt, state, endedAtMs }: AttemptEvidence) {
  const { number, taskId, marker, openedAtMs, progress, hiring } = attempt;
  const { worker, room, messages, milestones, verdict, managerAsked } = progress;
  return {
    number,
    state,
    taskId,
    marker,
    openedAt: iso(openedAtMs),
    endedAt: perhaps(endedAtMs),
    hiring: hiringOf(currentHiring({ hiring, progress })),
    worker,
    room: room?.roomId,
    messages: messages.map(({ purpose, number: nth, eventId, sentAtMs }) => ({
      purpose,
      number: nth,
      eventId,
      sentAt: iso(sentAtMs),
    })),
    managerAsked:
      managerAsked === undefined ? undefined : { eventId: managerAsked.eventId, at: iso(managerAsked.atMs) },
    milestones: milestones.map(({ kind, atMs, evidence }) => ({ kind, at: iso(atMs), evidence })),
    verdict,
  };
}

function hiringOf({ repoToken: _secret, repoUrl, deadlineAtMs, createdAtMs, ...hiring }: Hiring) {
  return {
    ...hiring,
    repoUrl: repoUrl === undefined ? undefined : withoutUserInfo(repoUrl),
    deadline: perhaps(deadlineAtMs),
    createdAt: perhaps(createdAtMs),
  };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function perhaps(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : iso(atMs);
}
