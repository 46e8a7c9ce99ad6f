import type { Clock } from '../../domain/index.ts';
import type { McpSession } from './mcp-session.ts';
import type { SessionTimings } from './session-timings.ts';

const MAX_MISSES = 2;

export interface Watch {
  readonly clock: Clock;
  readonly timings: SessionTimings;
  readonly onPing: (roundTripMs: number) => void;
}

/**
 * Ends a connection that is dead without having ended: after two pings in a row without an answer,
 * or a stream without a byte for too long. It pings when nothing came for a while, and when a read
 * had no answer.
 */
export async function keepAlive(session: McpSession, watch: Watch, signal: AbortSignal): Promise<void> {
  const { clock, timings, onPing } = watch;
  const openedAtMs = clock.nowMs();
  let misses = 0;
  /** A ping that is not sent because requests are few is answered by us, and shows no life. */
  let aliveAtMs = 0;
  while (!signal.aborted) {
    const nowMs = clock.nowMs();
    const streamMs = nowMs - (session.lastByteAtMs ?? openedAtMs);
    if (streamMs > timings.streamSilenceMs) {
      const problem = `the event stream was silent for ${Math.round(streamMs / 1000)} s`;
      session.end({ cause: 'silent', problem });
      return;
    }
    // A clock that was set back must not keep us from asking.
    const idleMs = Math.max(0, nowMs - Math.max(session.lastLifeAtMs, aliveAtMs));
    const waitMs = misses > 0 ? timings.pingTimeoutMs / 5 : timings.pingAfterMs - idleMs;
    const suspected = waitMs > 0 && (await session.suspicion.wait(waitMs, signal));
    if (signal.aborted) return;
    if (misses === 0 && waitMs > 0 && !suspected) continue;
    const askedAtMs = clock.nowMs();
    const alive = await session.ping(timings.pingTimeoutMs);
    if (signal.aborted) return;
    misses = alive ? 0 : misses + 1;
    if (alive) aliveAtMs = clock.nowMs();
    if (alive) onPing(Math.max(0, clock.nowMs() - askedAtMs));
    if (misses >= MAX_MISSES) {
      session.end({ cause: 'silent', problem: `the marketplace did not answer ${misses} pings in a row` });
    }
  }
}
