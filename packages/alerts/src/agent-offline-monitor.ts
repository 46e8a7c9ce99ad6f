import type { AlertLog, AlertRules, Clock, OfflineAgent } from '@agrenting-hiclaw/core/domain';
import { offlineAlert, onlineAlert } from './alert-text.ts';

export interface OfflineMonitorOptions {
  readonly log: AlertLog;
  readonly clock: Clock;
  readonly rules: AlertRules;
  readonly offlineAfterMs: number;
  /** How long a process that dies keeps others from hearing in its place. */
  readonly leaseMs: number;
  /** Those that hear nothing as far as this process knows. */
  readonly offline: () => readonly OfflineAgent[];
}

const MAX_NOTE_EVERY_MS = 5_000;

/**
 * Knows which agents are offline. Every process notes what it sees, because only one has an agent's session, and another
 * one may be telling the operator. Without a note for a while an agent hears again.
 */
export class AgentOfflineMonitor {
  readonly #options: OfflineMonitorOptions;
  readonly #noteEveryMs: number;
  readonly #staleMs: number;
  readonly #beganAtMs: number;

  constructor(options: OfflineMonitorOptions) {
    this.#options = options;
    this.#noteEveryMs = Math.min(MAX_NOTE_EVERY_MS, options.offlineAfterMs / 3);
    this.#staleMs = 3 * this.#noteEveryMs + 2 * options.leaseMs;
    this.#beganAtMs = options.clock.nowMs();
  }

  /** Records what this process sees until the signal aborts; `onError` is called with errors of the store. */
  async keepNoting(signal: AbortSignal, onError: (error: unknown) => void): Promise<void> {
    const { log, clock, offline } = this.#options;
    while (!signal.aborted) {
      try {
        await log.noteOffline(gravestLast(offline()), clock.nowMs());
      } catch (error) {
        onError(error);
      }
      await clock.sleep(this.#noteEveryMs, signal);
    }
  }

  /** Raises alerts for agents that have been offline for long enough, and for those that are online again. For one process at a time. */
  async raiseAlerts(): Promise<void> {
    const { log, clock, rules, offlineAfterMs } = this.#options;
    const nowMs = clock.nowMs();
    for (const known of await log.offlineAgents()) {
      const { agent, reason, sinceMs, seenAtMs, alertedAtMs } = known;
      if (nowMs - seenAtMs > this.#staleMs) {
        // After a start, the process that had recorded it gets time to do so again.
        if (nowMs - this.#beganAtMs <= this.#staleMs) continue;
        await log.forgetOffline(
          agent,
          alertedAtMs === undefined ? undefined : onlineAlert(known, nowMs),
          rules,
          nowMs,
        );
      } else if (alertedAtMs === undefined && (reason === 'refused' || nowMs - sinceMs >= offlineAfterMs)) {
        // Alerted just before, it is alerted again when that was long enough ago, if it is still offline then.
        await log.alertOffline(agent, offlineAlert(known, nowMs), rules, nowMs);
      }
    }
  }
}

/** The last note of an agent counts. */
function gravestLast(agents: readonly OfflineAgent[]): readonly OfflineAgent[] {
  return [
    ...agents.filter(({ reason }) => reason !== 'refused'),
    ...agents.filter(({ reason }) => reason === 'refused'),
  ];
}
