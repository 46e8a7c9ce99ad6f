import type { Clock, NumberedTransition, Store } from '@agrenting-hiclaw/core/domain';
import type { Logger } from '@agrenting-hiclaw/runtime';
import type { Operator } from '../access/tokens.ts';

export type TransitionListener = (transitions: readonly NumberedTransition[]) => void;

/** Whom moves are told, and who that is. */
export interface Listener {
  readonly caller: Pick<Operator, 'role' | 'tokenHash'>;
  readonly tell: TransitionListener;
  /** Called when its place went to another. */
  readonly end: () => void;
}

/** Every move of every hiring, as it is made, also by other processes. */
export interface TransitionFeed {
  /** The newest move that was told; 0 before the first look. */
  readonly newest: number;
  /**
   * Gives the function that ends it; undefined when as many listen as may. Who comes with a token that has all its places takes that of
   * its oldest, and an operator takes one of a viewer's where there is no other.
   */
  listen(listener: Listener): (() => void) | undefined;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

export interface TransitionFeedOptions {
  readonly store: Pick<Store, 'overview' | 'hirings'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

const LOOK_EVERY_MS = 400;
const MAX_LISTENERS = 64;
const MAX_OF_TOKEN = 16;
const MAX_MOVES = 500;

/** Looks for new moves until it is stopped, so that whoever comes hears only what is new. */
export function startTransitionFeed({ store, clock, log, stop }: TransitionFeedOptions): TransitionFeed {
  const listeners = new Set<Listener>();
  let newest = 0;

  async function run(): Promise<void> {
    newest = (await store.overview.latestTransitions(1))[0]?.sequence ?? 0;
    while (!stop.aborted) {
      await clock.sleep(LOOK_EVERY_MS, stop);
      if (!stop.aborted) await look();
    }
  }

  async function look(): Promise<void> {
    try {
      const transitions = await store.overview.transitionsAfter(newest, MAX_MOVES);
      newest = transitions.at(-1)?.sequence ?? newest;
      if (transitions.length > 0) for (const { tell } of listeners) tell(transitions);
    } catch (error) {
      log.warn({ error }, 'new moves could not be read; it is tried again');
    }
  }

  /** Who has to give its place, if anybody does and may be asked to. */
  function placeFor({ role, tokenHash }: Listener['caller']): Listener | undefined {
    const all = [...listeners];
    const own = all.filter(({ caller }) => caller.tokenHash === tokenHash);
    if (own.length >= MAX_OF_TOKEN) return own[0];
    if (all.length < MAX_LISTENERS || role !== 'operator') return undefined;
    return all.find(({ caller }) => caller.role === 'viewer');
  }

  return {
    get newest() {
      return newest;
    },
    listen(listener) {
      const gives = placeFor(listener.caller);
      if (gives === undefined && listeners.size >= MAX_LISTENERS) return undefined;
      if (gives !== undefined) {
        listeners.delete(gives);
        gives.end();
      }
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ended: run().catch((error: unknown) => log.error({ error }, 'moves are no longer looked for')),
  };
}
