import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError, type StoreReadiness } from '@agrenting-hiclaw/core/domain';
import { sql } from 'drizzle-orm';
import type { Connection } from './connection.ts';
import { keyCheck } from '../schema.ts';

/** Health has to be answered while the file is locked, too. */
const PROBE_PATIENCE_MS = 2_000;

/** Less than this is gone before anybody looks; then SQLite may not even be able to tidy up. */
const MIN_FREE_BYTES = 64 * 1024 * 1024;

export interface HealthOptions {
  readonly file: string;
  readonly nowMs: () => number;
  readonly minFreeBytes?: number | undefined;
}

/** Says whether the store can commit. */
export class Health {
  readonly #connection: Connection;
  readonly #nowMs: () => number;
  readonly #folder: string;
  readonly #minFreeBytes: number;
  readonly #probe: ReturnType<typeof prepareProbe>;

  constructor(connection: Connection, { file, nowMs, minFreeBytes = MIN_FREE_BYTES }: HealthOptions) {
    this.#connection = connection;
    this.#nowMs = nowMs;
    this.#folder = dirname(file);
    this.#minFreeBytes = minFreeBytes;
    this.#probe = prepareProbe(connection);
  }

  /** Only a write that reached the disk shows that the next one can, as long as there is room for it. */
  async ready(): Promise<StoreReadiness> {
    try {
      await this.#connection.writeNow(() => this.#probe.run({ nowMs: this.#nowMs() }), PROBE_PATIENCE_MS);
      return await this.#roomLeft();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { kind: 'not_ready', why: error.message };
    }
  }

  async #roomLeft(): Promise<StoreReadiness> {
    // Where that cannot be asked, the write has shown enough.
    const disk = await statfs(this.#folder).catch(() => undefined);
    const free = disk === undefined ? Number.POSITIVE_INFINITY : disk.bavail * disk.bsize;
    if (free >= this.#minFreeBytes) return { kind: 'ready' };
    const left = `${Math.floor(free / 1024 / 1024)} MB are left on the disk of ${this.#folder}`;
    return { kind: 'not_ready', why: `${left}: free some space, or hirings can soon no longer be stored` };
  }
}

function prepareProbe({ queries }: Connection) {
  return queries
    .update(keyCheck)
    .set({ writtenAtMs: sql`${sql.placeholder('nowMs')}` })
    .prepare();
}
