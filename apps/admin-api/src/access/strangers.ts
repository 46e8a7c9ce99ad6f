import type { Clock, Store } from '@agrenting-hiclaw/core/domain';
import type { Logger } from '@agrenting-hiclaw/runtime';
import { Counter, type Registry } from 'prom-client';

/** Counts those who came without a right token. */
export interface Strangers {
  /** Notes a request of a stranger that was refused with that status. */
  refused(status: number, client: string): void;
  /** Notes no more of them. */
  close(): void;
}

export interface StrangersOptions {
  readonly store: Pick<Store, 'audit'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
}

/** At most one row of the audit in this time, however many came. */
const SUM_EVERY_MS = 60_000;

/** A metric counts each of them, and the audit has one row a minute with how many there were and where the last came from. */
export function createStrangers({ store, clock, log, metrics }: StrangersOptions): Strangers {
  const total = new Counter({
    name: 'agrenting_hiclaw_admin_refused_total',
    help: 'Requests to the operator’s API without a right token that were refused, by HTTP status',
    labelNames: ['status'] as const,
    registers: [metrics],
  });
  let count = 0;
  let last = { status: 0, client: '' };
  let timer: ReturnType<typeof setTimeout> | undefined;

  function note(): void {
    timer = undefined;
    if (count === 0) return;
    const entry = {
      atMs: clock.nowMs(),
      who: '',
      role: '',
      action: 'refused strangers',
      subject: `${count} requests`,
      commandId: undefined,
      outcome: String(last.status),
      client: last.client,
    };
    count = 0;
    timer = setTimeout(note, SUM_EVERY_MS).unref();
    store.audit.note(entry).catch((error: unknown) => log.warn({ error }, 'the audit could not be written'));
  }

  return {
    refused(status, client) {
      total.inc({ status });
      count += 1;
      last = { status, client };
      if (timer === undefined) note();
    },
    close: () => clearTimeout(timer),
  };
}
