import { stat } from 'node:fs/promises';
import type { Clock, HiringStore } from '@agrenting-hiclaw/core/domain';
import { Gauge, type Registry } from 'prom-client';
import { PREFIX } from './metrics.ts';

export interface GaugeSources {
  readonly registry: Registry;
  readonly hirings: Pick<HiringStore, 'nextDueAtMs'>;
  readonly clock: Clock;
  /** Of the store. */
  readonly file: string;
  /** How long ago the rooms were last heard; undefined where this process does not listen. */
  readonly syncAgeMs: () => number | undefined;
}

/** What is looked up at every scrape. */
export function registerGauges({ registry, hirings, clock, file, syncAgeMs }: GaugeSources): void {
  const oldest = new Gauge({
    name: `${PREFIX}oldest_due_seconds`,
    help: 'Seconds since the due time of the longest overdue hiring',
    registers: [],
    async collect() {
      const dueAtMs = await hirings.nextDueAtMs();
      this.set(dueAtMs === undefined ? 0 : Math.max(0, clock.nowMs() - dueAtMs) / 1_000);
    },
  });
  const bytes = new Gauge({
    name: `${PREFIX}store_file_bytes`,
    help: 'Size of the store and of its write-ahead log',
    labelNames: ['file'] as const,
    registers: [],
    async collect() {
      this.set({ file: 'store' }, await sizeOf(file));
      this.set({ file: 'log' }, await sizeOf(`${file}-wal`));
    },
  });
  const sync = new Gauge({
    name: `${PREFIX}matrix_sync_age_seconds`,
    help: 'How long ago the homeserver last answered the process that listens to the rooms',
    registers: [],
    collect() {
      const ageMs = syncAgeMs();
      if (ageMs === undefined) this.remove();
      else this.set(ageMs / 1_000);
    },
  });
  for (const gauge of [oldest, bytes, sync]) registry.registerMetric(gauge);
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
