import type { Clock } from '../../domain/index.ts';
import type { MalformedOnce, PendingHiring } from '../pending-hiring.ts';
import type { McpSession } from './mcp-session.ts';
import { pendingHirings } from './resource-documents.ts';
import type { SessionTimings } from './session-timings.ts';
import type { DebouncedSignal } from './debounced-signal.ts';

export interface Reading {
  readonly clock: Clock;
  readonly timings: SessionTimings;
  /** Wished for by every update. */
  readonly wake: DebouncedSignal;
  /** Knows which malformed items were passed on; outlives the connection. */
  readonly malformed: MalformedOnce;
  readonly onPending: (items: readonly PendingHiring[]) => Promise<void>;
  readonly onRead: () => void;
  readonly onAnomaly: (problem: string) => void;
}

/**
 * Reads the pending list at once, at every update and on a timer, one read at a time, until the
 * signal aborts. Updates that come during a read cause one more (Agrenting API reference, 7.7).
 */
export async function runPendingLoop(
  session: McpSession,
  reading: Reading,
  signal: AbortSignal,
): Promise<void> {
  const { clock, timings, wake } = reading;
  while (!signal.aborted) {
    // What was wished for up to here is in what this read gives.
    wake.spend();
    const taken = await readOnce(session, reading);
    await clock.sleep(timings.readGapMs, signal);
    const everyMs = session.updates ? timings.readEveryMs : timings.readEveryWithoutUpdatesMs;
    await wake.wait(taken ? everyMs : timings.readRetryMs, signal);
  }
}

/** True when the list was read and taken. */
async function readOnce(session: McpSession, reading: Reading): Promise<boolean> {
  const { malformed, onPending, onRead, onAnomaly } = reading;
  const read = await session.readPending();
  if (read.kind !== 'texts') {
    if (!session.ended) onAnomaly(`the pending list could not be read: ${read.problem}`);
    return false;
  }
  const fresh = malformed.fresh(pendingHirings(read.texts));
  try {
    await onPending(fresh);
  } catch {
    onAnomaly('the pending list was read but could not be kept: it is read again');
    return false;
  }
  malformed.took(fresh);
  onRead();
  return true;
}
