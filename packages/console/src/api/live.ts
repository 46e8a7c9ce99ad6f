import { useSyncExternalStore } from 'react';
import type { QueryClient } from '@tanstack/react-query';
import { BASE } from './client.ts';
import { hiringEventSchema } from './schemas.ts';

/** `live`: events come. `polling`: none can be had, so the page asks again and again. */
export type Liveness = 'connecting' | 'live' | 'polling';

/** No event and no ping for so long means that the connection is dead though nobody said so. */
const SILENCE_MS = 60_000;
const RETRY_MS = 5_000;
export const POLL_MS = 10_000;
/** A burst of events has the lists read once. */
const SETTLE_MS = 500;

let liveness: Liveness = 'connecting';
const listeners = new Set<() => void>();

function become(next: Liveness): void {
  if (next === liveness) return;
  liveness = next;
  for (const told of listeners) told();
}

export function useLiveness(): Liveness {
  return useSyncExternalStore(
    (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    () => liveness,
  );
}

/** Has what is shown read anew when the adapter says that it changed. */
export function followEvents(queries: QueryClient): { readonly close: () => void } {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let settle: ReturnType<typeof setTimeout> | undefined;
  let wasLost = false;
  const changed = new Set<string>();

  const readAnew = (...keys: readonly string[]): void => {
    for (const key of keys) changed.add(key);
    settle ??= setTimeout(() => {
      settle = undefined;
      for (const key of changed) void queries.invalidateQueries({ queryKey: key.split(' ') });
      changed.clear();
    }, SETTLE_MS);
  };
  const heard = (): void => {
    become('live');
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
  };
  const lost = (): void => {
    source?.close();
    wasLost = true;
    clearTimeout(silence);
    become('polling');
    clearTimeout(retry);
    retry = setTimeout(connect, RETRY_MS);
  };
  const connect = (): void => {
    source = new EventSource(`${BASE}/events`);
    source.addEventListener('open', () => {
      heard();
      // What happened while nothing was heard.
      if (wasLost) void queries.invalidateQueries();
      wasLost = false;
    });
    source.addEventListener('ping', heard);
    source.addEventListener('overview', () => {
      heard();
      readAnew('overview');
    });
    source.addEventListener('hiring', ({ data }: MessageEvent<unknown>) => {
      heard();
      const read = hiringEventSchema.safeParse(jsonOf(data));
      readAnew('hirings', 'overview', ...(read.success ? [`hiring ${read.data.id}`] : []));
    });
    source.addEventListener('error', () => {
      // The browser connects again by itself, unless it was refused.
      become('polling');
      if (source?.readyState === EventSource.CLOSED) lost();
      else wasLost = true;
    });
  };
  const rest = (): void => {
    source?.close();
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
      clearTimeout(settle);
    },
  };
}

function jsonOf(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
