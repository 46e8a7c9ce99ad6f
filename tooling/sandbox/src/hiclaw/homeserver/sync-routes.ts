import type { HomeserverCore } from './core.ts';
import { parseSyncFilter, type SyncFilter } from './filter.ts';
import { client, type Call, type Route } from './route.ts';
import { buildSync } from './sync.ts';

const longestPollMs = 60_000;

export const syncRoutes = (core: HomeserverCore): Route[] => [
  { name: 'sync', method: 'GET', paths: client('/sync'), run: (call) => sync(core, call) },
];

/** Answers at once on an initial sync and with full_state, else when there is news or the time is over. */
const sync = async (core: HomeserverCore, call: Call): Promise<object> => {
  const { req } = call.request;
  const sinceToken = req.query('since');
  const since = sinceToken === undefined || sinceToken === '' ? undefined : core.tokens.read(sinceToken);
  const fullState = req.query('full_state') === 'true';
  const filter = readFilter(core, req.query('filter'));
  const timeoutMs = Math.min(Number(req.query('timeout') ?? '0') || 0, longestPollMs);
  const deadline = performance.now() + timeoutMs;
  const request = { device: call.device, since, fullState, filter, token: core.tokens.give };
  for (;;) {
    const answer = buildSync(core.rooms, request);
    const remainingMs = deadline - performance.now();
    const over = remainingMs <= 0 || core.stream.closed || req.raw.signal.aborted;
    if (answer.hasNews || since === undefined || fullState || over) return answer.body;
    await core.stream.wait(call.device.userId, remainingMs, req.raw.signal);
    core.accounts.authenticate(call.device.accessToken);
  }
};

const readFilter = (core: HomeserverCore, text: string | undefined): SyncFilter => {
  if (text === undefined || text === '') return {};
  if (!text.startsWith('{')) return core.filters.get(text) ?? {};
  return parseSyncFilter(text);
};
