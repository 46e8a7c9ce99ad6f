import {
  attentionTexts,
  forecastPayout,
  isEnd,
  OVERDUE_GRACE_MS,
  type Clock,
  type Move,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import type { EngineEvents } from '@agrenting-hiclaw/engine';
import type { createEngineMetrics, Logger, Readiness } from '@agrenting-hiclaw/runtime';
import type { Figures } from './observe/metrics.ts';
import { countStep } from './observe/step-metrics.ts';

export interface EngineEventsOptions {
  readonly log: Logger;
  readonly metrics: ReturnType<typeof createEngineMetrics>;
  readonly figures: Figures;
  readonly store: Store;
}

/** What the engine does, as log lines and metrics. */
export function engineEvents({ log, metrics, figures, store }: EngineEventsOptions): EngineEvents {
  return {
    onStep: (step) => countStep(step, figures),
    onMove(move) {
      metrics.countMove(move);
      log.info({ ...move }, `${move.from} -> ${move.to}`);
      if (isEnd(move.to) || move.to === 'attention') {
        void summarize(move, store).then(
          // What needs a person stands out.
          (summary) => log[move.to === 'attention' ? 'warn' : 'info'](summary, `hiring ${move.to}`),
          (error: unknown) =>
            log.error({ hiringId: move.hiringId, error }, 'a hiring could not be summed up'),
        );
      }
    },
    onTrouble(trouble) {
      metrics.countTrouble(trouble.state);
      log.warn({ ...trouble }, 'a step did not get on; it is tried again');
    },
    onError(problem, error) {
      log.error({ error }, problem);
    },
  };
}

async function summarize(move: Move, store: Store): Promise<Record<string, unknown>> {
  const record = await store.hirings.find(move.hiringId);
  const { attempt } = record ?? {};
  const price = attempt?.hiring.price;
  return {
    hiringId: move.hiringId,
    summary: move.to,
    attempt: attempt?.number,
    worker: attempt?.progress.worker?.name,
    taskFolder: attempt === undefined ? undefined : `shared/tasks/${attempt.taskId}/`,
    proofs: attempt?.progress.proofs,
    messages: attempt?.progress.messages.length,
    // Words of others belong in no log.
    ...(move.to === 'attention' && record !== undefined ? attentionTexts(record, 'anybody') : {}),
    // The marketplace does not say how it rounds its fee.
    payoutForecast: move.to === 'completed' && price !== undefined ? forecastPayout(price) : undefined,
  };
}

export interface ReadinessParts {
  readonly store: Store;
  readonly clock: Clock;
  /** What is wrong with the other parts now, each with what to do. */
  readonly problems: () => Promise<readonly string[]>;
}

/** Whether hirings are heard and worked on; every reason names what is wrong. */
export async function readinessOf({ store, clock, problems }: ReadinessParts): Promise<Readiness> {
  const stored = await store.ready();
  const reasons = [...(stored.kind === 'ready' ? [] : [stored.why]), ...(await problems())];
  if (stored.kind === 'ready') {
    const { overdue } = await store.hirings.backlog(clock.nowMs(), OVERDUE_GRACE_MS);
    if (overdue > 0) reasons.push(`${overdue} open hirings are overdue`);
  }
  return { ready: reasons.length === 0, reasons };
}
