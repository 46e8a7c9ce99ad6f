import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { AppMetrics } from './metrics.ts';
import { ATTRIBUTES, TRACER } from './tracer.ts';

/** What is outside, as metrics and traces name it. */
export type System = 'marketplace' | 'matrix' | 'storage' | 'lifecycle' | 'git';

/** Makes a call, measured and as a span of whatever calls it. Gives and throws what the call does. */
export type Outside = <T>(system: System, call: string, work: () => Promise<T>) => Promise<T>;

/** Outcomes that are errors in a trace. Nothing else of an answer stands there, since it may come from outside. */
const ERRORS: ReadonlySet<string> = new Set([
  'denied',
  'failed',
  'later',
  'limited',
  'malformed',
  'not_delivered',
  'other_way',
  'refused',
  'threw',
  'unauthorized',
  'unavailable',
  'unknown',
]);

export function createOutside({ calls, callSeconds }: Pick<AppMetrics, 'calls' | 'callSeconds'>): Outside {
  const tracer = trace.getTracer(TRACER);
  return async (system, call, work) =>
    await tracer.startActiveSpan(`${system} ${call}`, { kind: SpanKind.CLIENT }, async (span) => {
      const startedAtMs = performance.now();
      let outcome = 'threw';
      try {
        const value = await work();
        outcome = kindOf(value);
        return value;
      } finally {
        callSeconds.observe({ system, call }, (performance.now() - startedAtMs) / 1_000);
        calls.inc({ system, call, outcome });
        span.setAttribute(ATTRIBUTES.outcome, outcome);
        if (ERRORS.has(outcome)) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      }
    });
}

/** Of the unions that ports give, which are few words each. */
function kindOf(value: unknown): string {
  const isUnion = typeof value === 'object' && value !== null && 'kind' in value;
  return isUnion && typeof value.kind === 'string' ? value.kind : 'done';
}
