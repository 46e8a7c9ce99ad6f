import { nextWaitMs, type AlertLog, type Clock, type Random } from '@agrenting-hiclaw/core/domain';
import type { Logger } from '@agrenting-hiclaw/runtime';
import type { Sink } from './sink.ts';

export interface SendingOptions {
  readonly sink: Sink;
  readonly alerts: AlertLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

const LOOK_EVERY_MS = 1_000;
const BACKOFF = { baseMs: 2_000, capMs: 600_000 };
/** What could not be sent for so long is given up. */
const GIVE_UP_MS = 24 * 3_600_000;

/** Sends what waits for one place, one after the other, until the signal aborts. Another place does not wait for it. */
export async function sendAlerts(options: SendingOptions, signal: AbortSignal): Promise<void> {
  const { sink, alerts, clock, log } = options;
  let waitMs = 0;
  while (!signal.aborted) {
    const waiting = await alerts.next(sink.name);
    if (waiting === undefined) {
      await clock.sleep(LOOK_EVERY_MS, signal);
      continue;
    }
    const delivery = await sink.send(waiting.alert, signal);
    if (delivery.kind === 'sent') {
      await alerts.sent(waiting, clock.nowMs());
      log.info({ sink: sink.name, alert: waiting.alert.key }, 'alert sent');
      waitMs = 0;
      continue;
    }
    if (signal.aborted) return;
    if (delivery.kind === 'refused') await alerts.refused(waiting);
    await giveUpOld(options);
    waitMs = nextWaitMs(waitMs, BACKOFF, options.random);
    const askedForMs = delivery.kind === 'unavailable' ? (delivery.retryAfterMs ?? 0) : 0;
    const pauseMs = Math.max(waitMs, askedForMs);
    log.warn(
      { sink: sink.name, alert: waiting.alert.key, problem: delivery.problem, waitMs: pauseMs },
      'alert could not be sent, will retry',
    );
    await clock.sleep(pauseMs, signal);
  }
}

async function giveUpOld({ sink, alerts, clock, log }: SendingOptions): Promise<void> {
  const nowMs = clock.nowMs();
  const count = await alerts.giveUp(sink.name, nowMs - GIVE_UP_MS, nowMs);
  if (count > 0) {
    log.error(
      { sink: sink.name, count },
      'alerts could not be sent for a day and are given up; try the place with: agrenting-hiclaw alerts test',
    );
  }
}
