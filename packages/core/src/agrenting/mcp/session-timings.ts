import type { Backoff } from '../../domain/index.ts';
import type { TransportLimits } from './sse-transport.ts';

/** Waits and bounds of an agent's session (Agrenting API reference, 4.8, 6.3 and 7.10). */
export interface SessionTimings extends TransportLimits {
  /** For one request and its answer, on whatever channel. */
  readonly requestTimeoutMs: number;
  /** Silence after which we ask for a sign of life. */
  readonly pingAfterMs: number;
  readonly pingTimeoutMs: number;
  /**
   * A stream without one byte is replaced after so long even if pings are answered in the bodies of
   * POSTs: nothing else shows that the server's own pings would still arrive.
   */
  readonly streamSilenceMs: number;
  /** Between reads of the pending list that nothing called for; also what keeps the agent online. */
  readonly readEveryMs: number;
  /** The same where the server does not say when work comes. */
  readonly readEveryWithoutUpdatesMs: number;
  /** At least so long from one read to the next, however many updates come. */
  readonly readGapMs: number;
  /** After a read that failed, or was not taken. */
  readonly readRetryMs: number;
  /** A session that lived so long was a good one: the next wait is short again. */
  readonly stableMs: number;
  /** Waits after a lost connection. */
  readonly lost: Backoff;
  /** Waits when the server is there but does not open the stream. */
  readonly refused: Backoff;
  /** Waits when the key is not accepted. */
  readonly unauthorized: Backoff;
}

export const DEFAULT_TIMINGS: SessionTimings = {
  connectTimeoutMs: 15_000,
  endpointTimeoutMs: 10_000,
  postTimeoutMs: 30_000,
  maxEventCharacters: 8 * 1024 * 1024,
  requestTimeoutMs: 30_000,
  pingAfterMs: 20_000,
  pingTimeoutMs: 10_000,
  streamSilenceMs: 240_000,
  readEveryMs: 45_000,
  readEveryWithoutUpdatesMs: 30_000,
  readGapMs: 1000,
  readRetryMs: 10_000,
  stableMs: 60_000,
  lost: { baseMs: 1000, capMs: 30_000 },
  refused: { baseMs: 1000, capMs: 60_000 },
  unauthorized: { baseMs: 60_000, capMs: 5 * 60_000 },
};
