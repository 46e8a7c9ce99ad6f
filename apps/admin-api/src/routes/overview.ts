import { createRoute, z } from '@hono/zod-openapi';
import { reportOf, totalOf } from '@agrenting-hiclaw/operations';
import { OVERDUE_GRACE_MS, STATES } from '@agrenting-hiclaw/core/domain';
import type { ApiContext } from '../context.ts';
import { durationsOf } from '../views/durations.ts';
import { knownWorkers } from '../views/known-workers.ts';
import { VERSION } from '../version.ts';
import { iso, json, PROBLEMS, SECURED, time, type Api } from './route.ts';

const count = z.int().min(0);
const hourly = z.array(z.object({ at: time, p50Ms: z.number(), p95Ms: z.number() }));

const overview = z
  .object({
    states: z.record(z.enum(STATES), count),
    overdue: count,
    attention: count,
    agents: count,
    agentsOffline: count,
    workers: count,
    today: z.object({ hirings: count, grossCents: z.int(), feeCents: z.int(), netCents: z.int() }),
    arrivals: z.array(z.object({ at: time, count })),
    acknowledge: hourly,
    settle: hourly,
    problems: z.array(z.string()),
    version: z.string(),
  })
  .openapi('Overview');

const route = createRoute({
  method: 'get',
  path: '/overview',
  summary: 'Get the overview',
  tags: ['overview'],
  security: SECURED,
  responses: { 200: json(overview, 'Counts, times and problems; at most two seconds old.'), ...PROBLEMS },
});

const GOOD_FOR_MS = 2_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Of which times are told: of more the newest. */
const MAX_TRANSITIONS = 20_000;

/** Many who look share what was counted. */
export function addOverview(api: Api, parts: ApiContext): void {
  let last: { readonly atMs: number; readonly seen: Promise<z.output<typeof overview>> } | undefined;
  api.openapi(route, async (context) => {
    const atMs = parts.clock.nowMs();
    if (last === undefined || atMs - last.atMs > GOOD_FOR_MS) last = { atMs, seen: look(parts, atMs) };
    return context.json(await last.seen, 200);
  });
}

async function look(parts: ApiContext, nowMs: number): Promise<z.output<typeof overview>> {
  const { agents, configuration, readiness, store } = parts;
  const { byState, overdue } = await store.hirings.queueStats(nowMs, OVERDUE_GRACE_MS);
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const paid = totalOf(reportOf(await store.earnings({ fromMs: today, toMs: today + DAY_MS })).days);
  const sinceMs = nowMs - DAY_MS;
  const arrivals = new Map((await store.overview.arrivals(sinceMs)).map((row) => [row.atMs, row.count]));
  const transitions = await store.overview.latestTransitions(MAX_TRANSITIONS);
  const hours = Array.from(
    { length: 24 },
    (_, index) => (Math.floor(nowMs / HOUR_MS) - 23 + index) * HOUR_MS,
  );
  const offline = new Set(
    [...(await store.alerts.offlineAgents()), ...agents.offline()].map(({ agent }) => agent),
  );
  const workers = await knownWorkers(configuration);
  return {
    states: byState,
    overdue,
    attention: byState.attention,
    agents: agents.count,
    agentsOffline: offline.size,
    workers: workers.length,
    today: {
      hirings: paid.hirings,
      grossCents: Number(paid.grossCents),
      feeCents: Number(paid.feeCents),
      netCents: Number(paid.netCents),
    },
    arrivals: hours.map((atMs) => ({ at: iso(atMs), count: arrivals.get(atMs) ?? 0 })),
    acknowledge: durationsOf(transitions, sinceMs, ['sent'], ['acknowledged']),
    settle: durationsOf(transitions, sinceMs, ['settling'], ['completed', 'failed']),
    problems: [...(await readiness()).reasons],
    version: VERSION,
  };
}
