import { StoreError } from '@agrenting-hiclaw/core/domain';

/** One transaction holds at most this many works, so that the event loop goes on in between. */
const MAX_WORKS_PER_TRANSACTION = 256;

/** What became of one of several works in one transaction. */
export type WorkOutcome = { readonly kind: 'kept' } | { readonly kind: 'undone'; readonly error: unknown };

/** Runs works in transactions; what was durable is on disk when it resolves. */
export interface Transactions {
  /** One work, one transaction. Rejects with the work's own error. */
  alone(work: () => void, durable: boolean): Promise<void>;
  /** Several works in one transaction, each with a savepoint. Rejects when the whole transaction was lost. */
  together(works: readonly (() => void)[], durable: boolean): Promise<readonly WorkOutcome[]>;
}

/** One transaction, as it went. */
export interface GroupedCommit {
  /** Pieces of work that shared it. */
  readonly works: number;
  /** From when it could begin to its end, waits for other processes counted. */
  readonly tookMs: number;
}

interface Waiting {
  readonly durable: boolean;
  readonly work: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** All that is written in one turn of the event loop shares one transaction, and so one wait for the disk. */
export class GroupCommit {
  readonly #transactions: Transactions;
  readonly #onCommit: ((commit: GroupedCommit) => void) | undefined;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(transactions: Transactions, onCommit?: (commit: GroupedCommit) => void) {
    this.#transactions = transactions;
    this.#onCommit = onCommit;
  }

  /** Resolves with what `work` gave, once it is on disk if it is to be durable. `work` may run more than once. */
  async add<T>(work: () => T, durable: boolean): Promise<T> {
    let outcome: { readonly value: T } | undefined;
    await new Promise<void>((resolve, reject) => {
      const noted = (): void => {
        outcome = { value: work() };
      };
      this.#waiting.push({ durable, work: noted, resolve, reject });
      if (!this.#running) void this.#run();
    });
    if (outcome === undefined) throw new Error('a transaction was committed without its work');
    return outcome.value;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      await endOfTurn();
      const group = this.#waiting.splice(0, MAX_WORKS_PER_TRANSACTION);
      const startedAtMs = performance.now();
      await this.#commit(group);
      this.#onCommit?.({ works: group.length, tookMs: performance.now() - startedAtMs });
    }
    this.#running = false;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const [first] = group;
    if (first !== undefined && group.length === 1) return await this.#commitAlone(first);
    const durable = group.some((waiting) => waiting.durable);
    try {
      if (await this.#commitAsOne(group, durable)) return;
      const outcomes = await this.#transactions.together(
        group.map(({ work }) => work),
        durable,
      );
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index];
        if (outcome?.kind === 'undone') reject(outcome.error);
        else resolve();
      }
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'locked') {
        // All of them have waited as long as one may.
        for (const { reject } of group) reject(error);
        return;
      }
      // One that the disk has no room for must not take the others with it.
      for (const waiting of group) await this.#commitAlone(waiting);
    }
  }

  /** Nearly always each of them can be kept: then none needs a savepoint. False when one cannot, and nothing was kept. */
  async #commitAsOne(group: readonly Waiting[], durable: boolean): Promise<boolean> {
    let failed = false;
    try {
      await this.#transactions.alone(() => {
        try {
          for (const { work } of group) work();
        } catch (error) {
          failed = true;
          throw error;
        }
      }, durable);
    } catch (error) {
      if (failed) return false;
      throw error;
    }
    for (const { resolve } of group) resolve();
    return true;
  }

  async #commitAlone({ durable, work, resolve, reject }: Waiting): Promise<void> {
    try {
      await this.#transactions.alone(work, durable);
      resolve();
    } catch (error) {
      reject(error);
    }
  }
}

async function endOfTurn(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
