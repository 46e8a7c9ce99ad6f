import {
  answeredStep,
  openQuestion,
  whyUnanswerable,
  type AnswerRefusal,
  type HiringId,
  type HiringRecord,
  type Decided,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { answerGuard } from '@agrenting-hiclaw/hiclaw';
import { systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { homeserverOf } from '../workers.ts';

/** An operator's word to the guard of a worker: to one question, by its Matrix event id. */
export interface WorkerAnswer {
  readonly question: string;
  readonly answer: 'yes' | 'no';
}

export type AnsweredWorker =
  | { readonly kind: 'said' }
  /** The same answer was given before; nothing was sent. */
  | { readonly kind: 'already' }
  /** Nothing was sent. */
  | { readonly kind: 'refused'; readonly code: AnswerRefusal }
  | { readonly kind: 'absent' }
  /** A process is at work on the hiring this moment. */
  | { readonly kind: 'busy' }
  /** Nobody knows whether it was said; the same again finds out. */
  | { readonly kind: 'failed'; readonly problem: string };

/** The room is read, the answer sent and read back within this time; nobody else has the hiring meanwhile. */
const ANSWER_WITHIN_MS = 40_000;
const LEASE_MS = 60_000;

/**
 * Answers the question that the worker of a hiring waits with, once, and only if it is the last word of the worker's room:
 * a yes that came at another time would be taken for the next command.
 */
export async function answerWorker(
  configuration: Pick<Configuration, 'matrix'>,
  store: Pick<Store, 'hirings' | 'whileHeld'>,
  hiringId: HiringId,
  asked: WorkerAnswer,
): Promise<AnsweredWorker> {
  const record = await store.hirings.find(hiringId);
  if (record === undefined) return { kind: 'absent' };
  const known = whyUnanswerable(record, asked);
  if (known !== undefined) return notGiven(known);
  const held = await store.whileHeld(
    hiringId,
    LEASE_MS,
    async (now) => await give(configuration, now, asked),
  );
  switch (held.kind) {
    case 'decided':
      return held.outcome;
    case 'ended':
      return notGiven('no_question');
    case 'absent':
    case 'busy':
      return held;
  }
}

async function give(
  configuration: Pick<Configuration, 'matrix'>,
  record: HiringRecord,
  asked: WorkerAnswer,
): Promise<Decided<AnsweredWorker>> {
  const known = whyUnanswerable(record, asked);
  if (known !== undefined) return { outcome: notGiven(known) };
  const { attempt } = record;
  const question = openQuestion(record);
  const worker = attempt?.progress.worker;
  if (attempt === undefined || question === undefined || worker === undefined) {
    return { outcome: notGiven('no_question') };
  }
  const homeserver = homeserverOf(configuration);
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const outcome = await answerGuard(homeserver, worker, question, asked.answer, signal);
    switch (outcome.kind) {
      case 'said':
        return {
          outcome: { kind: 'said' },
          step: answeredStep(attempt, outcome.answered, systemClock.nowMs()),
        };
      case 'answered': {
        const step = answeredStep(attempt, outcome.answered, systemClock.nowMs());
        const same = outcome.answered.answer === asked.answer;
        return { outcome: notGiven(same ? 'already' : 'answered'), step };
      }
      case 'refused':
      case 'failed':
        return { outcome };
    }
  } finally {
    homeserver.close();
  }
}

function notGiven(why: AnswerRefusal | 'already'): AnsweredWorker {
  return why === 'already' ? { kind: 'already' } : { kind: 'refused', code: why };
}
