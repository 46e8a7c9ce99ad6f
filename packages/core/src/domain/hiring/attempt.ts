import { standingOf, statusWord, type AttemptMarker, type Hiring } from './hiring.ts';
import { isEnd, type State } from './states.ts';

/** The attempt that a hiring is known to be at. */
export interface KnownAttempt {
  readonly number: number;
  readonly marker: AttemptMarker;
  readonly state: State;
}

/**
 * `same`: nothing new. `next`: the hirer had it run again; a new attempt is to be opened. `stale`:
 * the read is older than what we know, or shows as active what we completed: never run again
 * without a person.
 */
export type AttemptResolution =
  | { readonly kind: 'same' }
  | { readonly kind: 'next'; readonly number: number }
  | { readonly kind: 'stale'; readonly why: string };

/**
 * Which attempt a read of the hiring speaks of: `trace_attempt`, else `dispatch_id`, else a count of
 * our own (Agrenting API reference, 6.2). Pure; the caller gives a read of the hiring itself, never a
 * webhook's payload.
 */
export function resolveAttempt(known: KnownAttempt | undefined, read: Hiring): AttemptResolution {
  const traced = read.marker.traceAttempt;
  if (known === undefined) return { kind: 'next', number: traced ?? 1 };

  const knownTrace = known.marker.traceAttempt;
  if (traced !== undefined && knownTrace !== undefined) {
    if (traced > knownTrace) return { kind: 'next', number: Math.max(traced, known.number + 1) };
    if (traced < knownTrace) {
      return { kind: 'stale', why: `the read shows attempt ${traced}, known is ${knownTrace}` };
    }
    return known.state === 'completed' ? againstCompleted(read) : { kind: 'same' };
  }

  if (known.state === 'completed') return againstCompleted(read);
  // Without a count from the marketplace only an attempt that is over may be followed by another: nothing
  // says that a dispatch id does not change on a mere redelivery.
  const maybeRetried = isEnd(known.state) && standingOf(read) === 'active';
  const sameDispatch =
    read.marker.dispatchId !== undefined && read.marker.dispatchId === known.marker.dispatchId;
  if (maybeRetried && !sameDispatch) return { kind: 'next', number: known.number + 1 };
  return { kind: 'same' };
}

function againstCompleted(read: Hiring): AttemptResolution {
  if (standingOf(read) !== 'active') return { kind: 'same' };
  return { kind: 'stale', why: `the read shows ${statusWord(read)}, but this attempt was completed` };
}
