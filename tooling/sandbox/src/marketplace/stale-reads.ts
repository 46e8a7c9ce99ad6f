import type { Hiring } from './hiring.ts';
import type { Hirings } from './hirings.ts';
import type { SwitchBoard } from './switches.ts';

interface Versions {
  now: Hiring;
  before: Hiring;
  staleReads: number;
}

/**
 * Hirings as they were before their last change of status, as a replica that lags behind shows them: a client that
 * believes its first read after a settlement or a retry is wrong.
 */
export class StaleReads {
  readonly #switches: SwitchBoard;
  readonly #versions = new WeakMap<Hiring, Versions>();

  constructor(hirings: Hirings, switches: SwitchBoard) {
    this.#switches = switches;
    hirings.onChange(({ kind, hiring }) => {
      if (kind !== 'status') return;
      const now = { ...hiring, messages: [...hiring.messages] };
      const before = this.#versions.get(hiring)?.now ?? now;
      const staleReads = this.#switches.of(hiring.agentId).stale_reads;
      this.#versions.set(hiring, { now, before, staleReads });
    });
  }

  /** What the REST detail shows; counts the read. */
  shown(hiring: Hiring): Hiring {
    const versions = this.#versions.get(hiring);
    if (versions === undefined || versions.staleReads === 0) return hiring;
    if (this.#switches.of(hiring.agentId).stale_reads === 0) return hiring;
    versions.staleReads -= 1;
    return versions.before;
  }

  before(hiring: Hiring): Hiring {
    return this.#versions.get(hiring)?.before ?? hiring;
  }
}
