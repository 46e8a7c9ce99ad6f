import type { Clock } from '@agrenting-hiclaw/core/domain';
import type { Logger } from '@agrenting-hiclaw/runtime';
import type { NumberedMove, Store } from '@agrenting-hiclaw/store';

export type MoveListener = (moves: readonly NumberedMove[]) => void;

/** Every move of every hiring, as it is made, also by other processes. */
export interface MoveFeed {
  /** The newest move that was told; 0 before the first look. */
  readonly newest: number;
  /** Gives the function that ends it; undefined when as many listen as may. */
  listen(listener: MoveListener): (() => void) | undefined;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

export interface MoveFeedOptions {
  readonly store: Pick<Store, 'overview' | 'hirings'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

const LOOK_EVERY_MS = 400;
const MAX_LISTENERS = 64;
const MAX_MOVES = 500;

/** Looks for new moves until it is stopped, so that whoever comes hears only what is new. */
export function startMoveFeed({ store, clock, log, stop }: MoveFeedOptions): MoveFeed {
  const listeners = new Set<MoveListener>();
  let newest = 0;

  async function run(): Promise<void> {
    newest = (await store.overview.newestMoves(1))[0]?.sequence ?? 0;
    while (!stop.aborted) {
      await clock.sleep(LOOK_EVERY_MS, stop);
      if (!stop.aborted) await look();
    }
  }

  async function look(): Promise<void> {
    try {
      const moves = await store.overview.movesAfter(newest, MAX_MOVES);
      newest = moves.at(-1)?.sequence ?? newest;
      if (moves.length > 0) for (const listener of listeners) listener(moves);
    } catch (error) {
      log.warn({ error }, 'new moves could not be read; it is tried again');
    }
  }

  return {
    get newest() {
      return newest;
    },
    listen(listener) {
      if (listeners.size >= MAX_LISTENERS) return undefined;
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ended: run().catch((error: unknown) => log.error({ error }, 'moves are no longer looked for')),
  };
}
