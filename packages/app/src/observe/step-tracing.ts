import type { HiringRecord } from '@agrenting-hiclaw/core/domain';
import type { StepWrapper } from '@agrenting-hiclaw/engine';
import { isSpanContextValid, SpanStatusCode, trace, type SpanContext } from '@opentelemetry/api';
import type { AppMetrics } from './metrics.ts';
import { ATTRIBUTES, TRACER } from './tracer.ts';

/** Hirings whose last step is remembered, to link the next one to it. */
const MAX_REMEMBERED = 10_000;

/** Runs each step as a span that is linked to the hiring's step before, and measures it. */
export function traceSteps({ stepSeconds, stepsRunning }: AppMetrics): StepWrapper {
  const tracer = trace.getTracer(TRACER);
  const last = new Map<string, SpanContext>();

  function remember(hiringId: string, context: SpanContext): void {
    last.delete(hiringId);
    last.set(hiringId, context);
    const [oldest] = last.keys();
    if (last.size > MAX_REMEMBERED && oldest !== undefined) last.delete(oldest);
  }

  return async (record, run) => {
    const { hiringId, state } = record;
    const before = last.get(hiringId);
    const options = {
      root: true,
      attributes: attributesOf(record),
      links: before === undefined ? [] : [{ context: before }],
    };
    return await tracer.startActiveSpan(`step ${state}`, options, async (span) => {
      const startedAtMs = performance.now();
      stepsRunning.inc();
      try {
        const commit = await run();
        if (commit?.event !== undefined) span.setAttribute(ATTRIBUTES.event, commit.event);
        if (commit?.open !== undefined) span.setAttribute(ATTRIBUTES.attempt, commit.open.number);
        if (commit === undefined || commit.lastFailure !== undefined) {
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        return commit;
      } finally {
        stepsRunning.dec();
        stepSeconds.observe({ state }, (performance.now() - startedAtMs) / 1_000);
        // Without an SDK there is nothing to link to.
        const context = span.spanContext();
        if (isSpanContextValid(context)) remember(hiringId, context);
        span.end();
      }
    });
  };
}

function attributesOf({ hiringId, agentId, attempt, state }: HiringRecord) {
  return {
    [ATTRIBUTES.hiringId]: hiringId,
    [ATTRIBUTES.agentId]: agentId,
    [ATTRIBUTES.state]: state,
    ...(attempt === undefined ? {} : { [ATTRIBUTES.attempt]: attempt.number }),
  };
}
