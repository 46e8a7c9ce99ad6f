import { createHash } from 'node:crypto';
import {
  attentionOf,
  currentHiring,
  type AttemptRecord,
  type Attention,
  type HiringRecord,
} from './hiring-record.ts';
import { openQuestion } from '../commands/open-question.ts';

/** Keeps these digests apart from every other one, and from those of a later encoding. */
const ENCODING = 'agrenting-hiclaw hiring 1';

/**
 * The version of a hiring as it is shown: a SHA-256 in hex over all that decides about it. A command names the one that
 * its operator saw, and is refused when the hiring has another by then. In it are who does what for how much, the state
 * of which attempt, why a person is needed, the question of the worker by its event id, and what would be settled or is
 * settled by its SHA-256, and that the worker says it is blocked. Not in it is what changes while nothing is decided: activity of the worker, uploads, messages.
 */
export function versionOf(record: HiringRecord): string {
  const { hiringId, agentId, state, attempt, received } = record;
  const hiring = attempt === undefined ? received.hiring : currentHiring(attempt);
  const { description, clientMessage, price, capability, repoUrl, deadlineAtMs } = hiring;
  const { deliveryMode, deliveryStated, extras } = hiring;
  const parts = [
    ENCODING,
    [hiringId, agentId, state, attempt?.number ?? 0],
    [description, clientMessage, price, capability, repoUrl, deadlineAtMs],
    [deliveryMode, deliveryStated, extras],
    state === 'attention' ? attentionParts(attentionOf(record)) : null,
    openQuestion(record)?.eventId,
    attempt === undefined ? null : attemptParts(attempt),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Whatever is said of it, by name; what is held stands by its SHA-256, which is over every byte of it. */
function attentionParts(attention: Attention | undefined): readonly unknown[] | null {
  if (attention === undefined) return null;
  const { held, ...said } = attention;
  const named = Object.entries(said).filter(([, value]) => value !== undefined);
  const inOrder = named.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return [inOrder, said.sha256 === undefined ? held : null];
}

function attemptParts({ progress, settlement }: AttemptRecord): readonly unknown[] {
  const { worker, approved, accepted } = progress;
  const { branch, commits, filesChanged } = accepted?.pushed ?? {};
  return [
    [worker?.name, worker?.userId],
    [approved?.price, approved?.work, approved?.sha256],
    [accepted?.sha256, branch, commits, filesChanged],
    // What was said a moment ago, and may be taken back, is known to nobody who was shown the hiring before.
    (progress.received ?? []).flatMap(({ statement, source }) =>
      statement.kind === 'blocked' ? [source] : [],
    ),
    progress.unclear?.kind === 'blocked' ? progress.unclear.source : null,
    [settlement?.endpoint, settlement?.generation, settlement?.idempotencyKey],
  ];
}
