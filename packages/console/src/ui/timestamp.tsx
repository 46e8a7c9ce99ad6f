import { useSyncExternalStore } from 'react';
import { ago, localTime, utcTime } from '../text/time.ts';

const TICK_MS = 10_000;
let nowMs = Date.now();

function onTick(onChanged: () => void): () => void {
  const timer = setInterval(() => {
    nowMs = Date.now();
    onChanged();
  }, TICK_MS);
  return () => clearInterval(timer);
}

/** The current time, updated automatically. */
function useNow(): number {
  return useSyncExternalStore(onTick, () => nowMs);
}

/** When something was: how long ago, or in local time; in UTC in the title. */
export function Timestamp({
  at,
  form = 'ago',
}: {
  readonly at: string | null;
  readonly form?: 'ago' | 'local' | 'both';
}) {
  const now = useNow();
  const atMs = at === null ? Number.NaN : Date.parse(at);
  if (Number.isNaN(atMs)) return <span className="dim">–</span>;
  const local = localTime(atMs);
  const relative = ago(atMs, Math.max(now, Date.now()));
  return (
    <time
      dateTime={new Date(atMs).toISOString()}
      title={form === 'ago' ? `${local}, ${utcTime(atMs)}` : utcTime(atMs)}
    >
      {form === 'ago' ? relative : form === 'local' ? local : `${local} (${relative})`}
    </time>
  );
}
