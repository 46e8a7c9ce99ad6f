import {
  attentionTexts,
  forecastPayout,
  isEnd,
  OVERDUE_GRACE_MS,
  type Clock,
  type Transition,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import type { EngineEvents } from '@agrenting-hiclaw/engine';
import type { createEngineMetrics, Logger, Readiness } from '@agrenting-hiclaw/runtime';
import type { AppMetrics } from './observe/metrics.ts';
import { countStep } from './observe/step-metrics.ts';

export interface EngineEventsOptions {
  readonly log: Logger;
  readonly metrics: ReturnType<typeof createEngineMetrics>;
  readonly appMetrics: AppMetrics;
  readonly store: Store;
}

/** What the engine does, as log lines and metrics. */
export function engineEvents({ log, metrics, appMetrics, store }: EngineEventsOptions): EngineEvents {
  return {
    onStep: (step) => countStep(step, appMetrics),
    onTransition(transition) {
      metrics.countTransition(transition);
      log.info({ ...transition }, `${transition.from} -> ${transition.to}`);
      if (isEnd(transition.to) || transition.to === 'attention') {
        void summarize(transition, store).then(
          // What needs a person stands out.
          (summary) =>
            log[transition.to === 'attention' ? 'warn' : 'info'](summary, `hiring ${transition.to}`),
          (error: unknown) =>
            log.error({ hiringId: transition.hiringId, error }, 'a hiring could not be summarized'),
        );
      }
    },
    onStepFailed(lastFailure) {
      metrics.countStepFailure(lastFailure);
      log.warn({ ...lastFailure }, 'step failed, will retry');
    },
    onError(problem, error) {
      log.error({ error }, problem);
    },
  };
}

async function summarize(transition: Transition, store: Store): Promise<Record<string, unknown>> {
  const record = await store.hirings.find(transition.hiringId);
  const { attempt } = record ?? {};
  const price = attempt?.hiring.price;
  return {
    hiringId: transition.hiringId,
    summary: transition.to,
    attempt: attempt?.number,
    worker: attempt?.progress.worker?.name,
    taskFolder: attempt === undefined ? undefined : `shared/tasks/${attempt.taskId}/`,
    milestones: attempt?.progress.milestones,
    messages: attempt?.progress.messages.length,
    // Words of others belong in no log.
    ...(transition.to === 'attention' && record !== undefined ? attentionTexts(record, 'anybody') : {}),
    // The marketplace does not say how it rounds its fee.
    payoutForecast: transition.to === 'completed' && price !== undefined ? forecastPayout(price) : undefined,
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
    const { overdue } = await store.hirings.queueStats(clock.nowMs(), OVERDUE_GRACE_MS);
    if (overdue > 0) reasons.push(`${overdue} open hirings are overdue`);
  }
  return { ready: reasons.length === 0, reasons };
}
