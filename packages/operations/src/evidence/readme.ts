import { counted, type HiringEvidence } from '@agrenting-hiclaw/core/domain';

/** What the archive's page says of a hiring. */
type Described = Pick<
  HiringEvidence,
  'redactedAtMs' | 'foldersDeletedAtMs' | 'earlierAttempts' | 'earlierTransitions'
> & {
  readonly record: Pick<HiringEvidence['record'], 'hiringId' | 'agentId' | 'state'>;
  readonly attempts: readonly unknown[];
};

/** Explains the contents to the recipient of the archive. */
export function readmeOf(evidence: Described, problems: readonly string[]): string {
  const { record, attempts, earlierAttempts, earlierTransitions, redactedAtMs, foldersDeletedAtMs } =
    evidence;
  const notes = [
    ...(earlierAttempts === 0
      ? []
      : [
          `Not in this archive: ${counted(earlierAttempts, 'attempt')} before the latest ${attempts.length}.`,
        ]),
    ...(earlierTransitions === 0
      ? []
      : [`Not in this archive: ${counted(earlierTransitions, 'transition')} before the others.`]),
    ...(redactedAtMs === undefined
      ? []
      : [
          `Texts were deleted on ${new Date(redactedAtMs).toISOString()}; ids, times and evidence were kept.`,
        ]),
    ...(foldersDeletedAtMs === undefined
      ? []
      : [`Task folders were deleted on ${new Date(foldersDeletedAtMs).toISOString()}.`]),
    ...problems.map((problem) => `Not in this archive: ${problem}`),
  ];
  return `Hiring ${record.hiringId} of agent ${record.agentId}: ${record.state}, ${attempts.length + earlierAttempts} attempts.
Made on ${new Date().toISOString()} by agrenting-hiclaw hirings export.

hiring.json       the hiring as the marketplace confirmed it, and its attempts: state, worker, messages with their
                  Matrix event ids, milestones with their evidence, and what was delivered
timeline.json     the transitions, with their causes
deliveries.json   by which intakes the hiring was received, when and how often; not the deliveries themselves
settlements.json  the exact settlement requests of each attempt, with the idempotency key;
                  unknownSends counts sends whose outcome was not known
objects.json      every object of the task folders as stored: size, SHA-256, ETag, and its path in this archive
task/             the objects themselves

All times are UTC. Digests are of the bytes in storage. Known credentials were replaced by [redacted] everywhere;
objects.json counts them ("redacted"), and such a file has another digest than the reported one. Compressed
or encrypted data was not searched.
${notes.length === 0 ? '' : `\n${notes.join('\n')}\n`}`;
}
