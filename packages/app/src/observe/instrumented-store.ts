import {
  delegate,
  type AcceptOutcome,
  type ReceivedDelivery,
  type HiringStore,
  type Leases,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { AppMetrics, IntakeOutcome } from './metrics.ts';
import { ATTRIBUTES, TRACER } from './tracer.ts';

/** The store, with what intakes hear counted and traced, and the leases of this process counted. */
export function instrumentedStore(store: Store, appMetrics: AppMetrics): Store {
  return {
    ...store,
    hirings: delegate(store.hirings, { accept: measuredAccept(store.hirings, appMetrics) }),
    leases: measuredLeases(store.leases, appMetrics),
  };
}

function measuredAccept(
  hirings: Pick<HiringStore, 'accept'>,
  { received: counter }: Pick<AppMetrics, 'received'>,
): HiringStore['accept'] {
  const tracer = trace.getTracer(TRACER);
  return async (received) => {
    const [first] = received;
    // An empty list of pending work is read every few seconds and is no delivery.
    if (first === undefined) return await hirings.accept(received);
    const attributes = { [ATTRIBUTES.intake]: first.intake, [ATTRIBUTES.items]: received.length };
    const options = { kind: SpanKind.CONSUMER, attributes };
    return await tracer.startActiveSpan(`intake ${first.intake}`, options, async (span) => {
      try {
        const outcomes = await hirings.accept(received);
        for (const outcome of outcomes) counter.inc({ intake: first.intake, outcome: wordOf(outcome) });
        span.setAttributes(attributesOf(first, outcomes));
        return outcomes;
      } catch (error) {
        counter.inc({ intake: first.intake, outcome: 'not_stored' }, received.length);
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  };
}

/** Which hiring it was, where it was one. */
function attributesOf({ agentId }: ReceivedDelivery, outcomes: readonly AcceptOutcome[]) {
  const [only] = outcomes;
  if (only === undefined || outcomes.length > 1) return { [ATTRIBUTES.agentId]: agentId };
  return {
    [ATTRIBUTES.agentId]: agentId,
    [ATTRIBUTES.outcome]: wordOf(only),
    ...(only.kind === 'new' || only.kind === 'known' ? { [ATTRIBUTES.hiringId]: only.hiringId } : {}),
  };
}

function wordOf(outcome: AcceptOutcome): IntakeOutcome {
  if (outcome.kind !== 'known') return outcome.kind;
  return outcome.repeated ? 'repeated' : 'changed';
}

function measuredLeases(leases: Leases, { leasesHeld }: Pick<AppMetrics, 'leasesHeld'>): Leases {
  const held = new Map<string, string>();
  const note = (name: string, isHeld: boolean): void => {
    // An agent's id or an account stands behind the colon.
    const [lease = name] = name.split(':');
    if (isHeld) held.set(name, lease);
    else held.delete(name);
    leasesHeld.set({ lease }, [...held.values()].filter((other) => other === lease).length);
  };
  return {
    async take(name, holder, nowMs, leaseMs) {
      const taken = await leases.take(name, holder, nowMs, leaseMs);
      note(name, taken);
      return taken;
    },
    held: async (name, nowMs) => await leases.held(name, nowMs),
    async release(name, holder) {
      await leases.release(name, holder);
      note(name, false);
    },
  };
}
