import type { Clock, NumberedTransition, Store } from '@agrenting-hiclaw/core/domain';
import type { Logger } from '@agrenting-hiclaw/runtime';
import type { Operator } from '../access/tokens.ts';

export type TransitionListener = (transitions: readonly NumberedTransition[]) => void;

/** A subscriber to transitions, and its caller. */
export interface Listener {
  readonly caller: Pick<Operator, 'role' | 'tokenHash'>;
  readonly onTransitions: TransitionListener;
  /** Called when its slot went to another listener. */
  readonly end: () => void;
}

/** Every transition of every hiring, as it happens, also in other processes. */
export interface TransitionFeed {
  /** The latest transition sent to listeners; 0 before the first read. */
  readonly newest: number;
  /**
   * Returns the function that ends it; undefined at the limit. A listener whose token has all its slots replaces the oldest of that token,
   * and an operator replaces a viewer when no slot is free.
   */
  listen(listener: Listener): (() => void) | undefined;
  /** Resolves when the feed has stopped. */
  readonly ended: Promise<void>;
}

export interface TransitionFeedOptions {
  readonly store: Pick<Store, 'overview' | 'hirings'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

const LOOK_EVERY_MS = 400;
/** The most event-stream clients. */
export const MAX_LISTENERS = 64;
/** The most event-stream clients of one token. */
const MAX_OF_TOKEN = 16;
const MAX_TRANSITIONS = 500;

/** Polls for new transitions until it is stopped, so that a listener receives only new ones. */
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
      const transitions = await store.overview.transitionsAfter(newest, MAX_TRANSITIONS);
      newest = transitions.at(-1)?.sequence ?? newest;
      if (transitions.length > 0) for (const { onTransitions } of listeners) onTransitions(transitions);
    } catch (error) {
      log.warn({ error }, 'new transitions could not be read; retrying');
    }
  }

  /** The listener to replace, if one must be and may be replaced. */
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
