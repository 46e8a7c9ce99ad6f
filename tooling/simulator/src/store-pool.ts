import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  agentIdSchema,
  hiringIdSchema,
  unreadHiring,
  type ReceivedDelivery,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { Disk } from './disk.ts';

const MEMORY = '/dev/shm';

/** Comes before every agent of a run. */
const FIRST_AGENT = agentIdSchema.parse('00000000-0000-0000-0000-000000000000');

/** Later than anything of any run. */
const AFTER_ALL_MS = 24 * 3_600_000;

/**
 * One file and open connections to it, for run after run: to open one costs more than most runs. What
 * a connection remembers of the run before is whose turn it is, and when it last looked for what lies too far ahead; both
 * are set back.
 */
export class StorePool {
  readonly #folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'agrenting-hiclaw-simulator-'));
  readonly #file = join(this.#folder, 'store.db');
  readonly #key = EncryptionKey.fromText('5e'.repeat(32));
  readonly #free: Store[] = [];
  #nowMs: () => number = () => 0;
  #disk: Disk | undefined;

  /** A file without any row, as the clock of the next run shows it. */
  async renew(nowMs: () => number): Promise<Disk> {
    this.#nowMs = nowMs;
    if (this.#disk === undefined) {
      this.#free.push(this.#open());
      this.#disk = new Disk(this.#file);
    }
    this.#disk.empty();
    await this.#makeForget();
    this.#disk.empty();
    return this.#disk;
  }

  take(fresh: boolean): Store {
    const free = fresh ? undefined : this.#free.pop();
    return free ?? this.#open();
  }

  releaseClaims(store: Store): void {
    this.#free.push(store);
  }

  async close(): Promise<void> {
    for (const store of this.#free) await store.close();
    this.#disk?.close();
    rmSync(this.#folder, { recursive: true });
  }

  /**
   * With more due than it may take, each connection gives a turn to the agent before all others. It does so at the end of
   * time: for its next claim the clock was set back, and then it looks at once for what lies too far ahead, as a new one does.
   */
  async #makeForget(): Promise<void> {
    const received = ['1', '2'].map((last): ReceivedDelivery => {
      const hiring = unreadHiring(hiringIdSchema.parse(`00000000-0000-0000-0000-00000000000${last}`));
      return { intake: 'poll', agentId: FIRST_AGENT, atMs: 0, parsed: { kind: 'hiring', hiring }, raw: '' };
    });
    let nowMs = this.#nowMs() + AFTER_ALL_MS;
    await this.#free[0]?.hirings.accept(received);
    for (const store of this.#free) {
      nowMs += 10;
      await store.hirings.claim({ holder: 'pool', nowMs, leaseMs: 1, limit: 1 });
    }
  }

  #open(): Store {
    return openStore({ file: this.#file, key: this.#key, clockNowMs: () => this.#nowMs() });
  }
}
