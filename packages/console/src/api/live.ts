import { useSyncExternalStore } from 'react';
import type { QueryClient } from '@tanstack/react-query';
import { BASE } from './client.ts';
import { eventsOf, type StreamEvent } from './event-stream.ts';
import { authorization } from './session-secret.ts';
import { hiringEventSchema } from './schemas.ts';

/** `live`: events come. `polling`: none can be had, so the page asks again and again. */
export type Liveness = 'connecting' | 'live' | 'polling';

/** No event and no ping for so long means that the connection is dead though nobody said so. */
const SILENCE_MS = 60_000;
/** Once after events were lost, and again and again where there are none. */
const SOON_MS = 1_000;
const RETRY_MS = 5_000;
export const POLL_MS = 10_000;
/** A burst of events has the lists read once. */
const SETTLE_MS = 500;
/** Where many hirings move without end, what costs the adapter more is read no oftener than this. */
const COSTLY_MS = 5_000;

let liveness: Liveness = 'connecting';
const listeners = new Set<() => void>();

function become(next: Liveness): void {
  if (next === liveness) return;
  liveness = next;
  for (const onChanged of listeners) onChanged();
}

export function useLiveness(): Liveness {
  return useSyncExternalStore(
    (onChanged) => {
      listeners.add(onChanged);
      return () => listeners.delete(onChanged);
    },
    () => liveness,
  );
}

/** Reloads what is shown when the adapter reports a change. */
export function followEvents(queries: QueryClient): { readonly close: () => void } {
  let open = new AbortController();
  let silence: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let wasLost = false;
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const readAtMs = new Map<string, number>();

  const readAnew = (leastMs: number, ...keys: readonly string[]): void => {
    for (const key of keys) {
      if (waiting.has(key)) continue;
      const nextMs = (readAtMs.get(key) ?? -Infinity) + leastMs - performance.now();
      const read = (): void => {
        waiting.delete(key);
        if (leastMs > SETTLE_MS) readAtMs.set(key, performance.now());
        void queries.invalidateQueries({ queryKey: key.split(' ') });
      };
      waiting.set(key, setTimeout(read, Math.max(SETTLE_MS, nextMs)));
    }
  };
  const received = (): void => {
    become('live');
    clearTimeout(silence);
    silence = setTimeout(() => lost(RETRY_MS), SILENCE_MS);
  };
  const lost = (againInMs: number): void => {
    open.abort();
    wasLost = true;
    clearTimeout(silence);
    become('polling');
    clearTimeout(retry);
    retry = setTimeout(connect, againInMs);
  };
  const connect = (): void => {
    open = new AbortController();
    const { signal } = open;
    void follow(signal).then(
      (wasOpen) => {
        if (!signal.aborted) lost(wasOpen ? SOON_MS : RETRY_MS);
      },
      () => {
        if (!signal.aborted) lost(SOON_MS);
      },
    );
  };
  /** Gives whether there were any events. */
  const follow = async (signal: AbortSignal): Promise<boolean> => {
    const { ok, body } = await fetch(`${BASE}/events`, {
      headers: { accept: 'text/event-stream', ...authorization() },
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      signal,
    });
    if (!ok || body === null) {
      await body?.cancel();
      return false;
    }
    received();
    // What happened while nothing was heard.
    if (wasLost) void queries.invalidateQueries();
    wasLost = false;
    for await (const event of eventsOf(body)) {
      received();
      emit(event);
    }
    return true;
  };
  const emit = ({ name, data }: StreamEvent): void => {
    if (name === 'overview') readAnew(SETTLE_MS, 'overview');
    if (name !== 'hiring') return;
    const read = hiringEventSchema.safeParse(jsonOf(data));
    readAnew(SETTLE_MS, 'hirings', 'overview', ...(read.success ? [`hiring ${read.data.id}`] : []));
    readAnew(COSTLY_MS, 'workers', 'rooms', 'alerts', 'earnings');
  };
  const rest = (): void => {
    open.abort();
    for (const timer of [silence, retry]) clearTimeout(timer);
    wasLost = true;
    become('connecting');
  };
  // Browsers keep few connections to a server, and tabs that nobody sees would hold them all.
  const onVisibility = (): void => {
    rest();
    if (!document.hidden) connect();
  };
  document.addEventListener('visibilitychange', onVisibility);
  connect();
  return {
    close: () => {
      document.removeEventListener('visibilitychange', onVisibility);
      rest();
      for (const timer of waiting.values()) clearTimeout(timer);
    },
  };
}

function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
