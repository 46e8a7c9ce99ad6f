import { policyOf } from '@agrenting-hiclaw/runtime';
import { createRoute, z } from '@hono/zod-openapi';
import {
  runChecks,
  privateFilesOf,
  reportOf,
  totalOf,
  type ConfigFile,
  type Finding,
} from '@agrenting-hiclaw/operations';
import { parseTimeMs } from '@agrenting-hiclaw/core/domain';
import { FILE_VARIABLE } from '../configuration-file.ts';
import { Problem } from '../http/problem.ts';
import type { ApiContext } from '../context.ts';
import { DoctorCache } from '../views/doctor-cache.ts';
import { shownSettings } from '../views/settings-view.ts';
import { agentId, iso, json, PROBLEMS, SECURED, time, type Api } from './route.ts';

const rules = z
  .object({
    minPrice: z.string().nullable(),
    capabilities: z.array(z.string()),
    repositories: z.array(z.string()).nullable(),
    concurrency: z.int(),
    maxTaskCharacters: z.int(),
    approve: z.string(),
    heldResults: z.string(),
    push: z.string(),
    resultDigest: z.string(),
    questions: z.string(),
    progress: z.boolean(),
  })
  .openapi('Rules');

const policyRoute = createRoute({
  method: 'get',
  path: '/policy',
  summary: "Get the operator's policy in effect, for all agents and for each",
  tags: ['settings'],
  security: SECURED,
  responses: {
    200: json(
      z.object({
        rules,
        failOverdue: z.boolean(),
        maxMessages: z.int(),
        agents: z.array(z.object({ agentId: z.string().nullable(), worker: z.string().nullable(), rules })),
      }),
      'The rules.',
    ),
    ...PROBLEMS,
  },
});

const settingsRoute = createRoute({
  method: 'get',
  path: '/settings',
  summary: 'Get every setting in effect, without secrets, and its source',
  tags: ['settings'],
  security: SECURED,
  responses: {
    200: json(
      z.object({
        items: z.array(
          z.object({
            path: z.string(),
            value: z.unknown().openapi({ description: 'Null for a secret.' }),
            from: z.enum(['environment', 'file', 'default']),
            secret: z.boolean(),
          }),
        ),
      }),
      'The settings.',
    ),
    ...PROBLEMS,
  },
});

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .openapi({ format: 'date' });
const amounts = {
  hirings: z.int(),
  grossCents: z.int(),
  feeCents: z.int(),
  netCents: z.int(),
  takenBack: z.int().openapi({ description: 'Hirings whose payment the marketplace reversed that day.' }),
  takenBackCents: z.int().openapi({ description: 'Net amount of those; still included in `netCents`.' }),
};

const earningsRoute = createRoute({
  method: 'get',
  path: '/earnings',
  summary: 'Get earnings by agent and UTC day, in cents',
  tags: ['earnings'],
  security: SECURED,
  request: {
    query: z.strictObject({ from: day.optional(), to: day.optional(), agent: agentId.optional() }),
  },
  responses: {
    200: json(
      z.object({
        days: z.array(z.object({ agentId: z.string(), day: z.string(), ...amounts })),
        total: z.object(amounts),
        unreadablePrices: z.int(),
      }),
      'The earnings; fees are a forecast.',
    ),
    ...PROBLEMS,
  },
});

const check = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warning', 'failed', 'skipped']),
  detail: z.string(),
  remedy: z.string().nullable(),
});

const doctorRoute = createRoute({
  method: 'get',
  path: '/doctor',
  summary: 'Run all checks; takes some seconds',
  description:
    'For operators, at most once a minute: within it they get the last report. Viewers get the last report, and 404 before anything was.',
  tags: ['doctor'],
  security: SECURED,
  responses: {
    200: json(
      z.object({
        lookedAt: time,
        checks: z.array(check),
        failed: z.int(),
        warnings: z.int(),
        skipped: z.int(),
      }),
      'What was found.',
    ),
    ...PROBLEMS,
  },
});

const DAY_MS = 86_400_000;
const FOREVER_MS = 8_640_000_000_000_000;

export interface SettingsOptions extends ApiContext {
  readonly readDraft: () => Promise<ConfigFile | undefined>;
}

/** Rules, settings, earnings and the doctor. */
export function addSettings(api: Api, parts: SettingsOptions): void {
  const { agents, clock, configuration, environment, stop, store } = parts;

  api.openapi(policyRoute, (context) => {
    const { failOverdue, maxMessages } = configuration.policy;
    const shown = configuration.agents.map((agent) => ({
      agentId: agents.identified().find(({ key }) => key === agent.key)?.agentId ?? agent.id ?? null,
      worker: agent.worker ?? null,
      rules: rulesOf(policyOf(configuration, agent.policy)),
    }));
    const all = rulesOf(policyOf(configuration));
    return context.json({ rules: all, failOverdue, maxMessages, agents: shown }, 200);
  });

  api.openapi(settingsRoute, async (context) => {
    const items = shownSettings(configuration, environment, await parts.readDraft());
    return context.json({ items: [...items] }, 200);
  });

  api.openapi(earningsRoute, async (context) => {
    const { from, to, agent } = context.req.valid('query');
    const fromMs = from === undefined ? 0 : dayOf('from', from);
    const toMs = to === undefined ? FOREVER_MS : dayOf('to', to) + DAY_MS;
    if (fromMs >= toMs)
      throw new Problem(400, '`from` must be before `to`.', { todo: 'Change one of them.' });
    const { days, unreadable } = reportOf(await store.earnings({ fromMs, toMs, agentId: agent }));
    const shown = days.map((each) => ({ agentId: each.agentId, day: each.day, ...inNumbers(each) }));
    return context.json(
      { days: shown, total: inNumbers(totalOf(days)), unreadablePrices: unreadable.length },
      200,
    );
  });

  const looks = new DoctorCache({
    async runChecks() {
      const found: (Finding & { readonly name: string })[] = [];
      const file = environment[FILE_VARIABLE];
      await runChecks({
        configuration,
        environment,
        privateFiles: await privateFilesOf(file, environment),
        start: false,
        stop,
        note: (name, finding) => void found.push({ name, ...finding }),
      });
      return found;
    },
    nowMs: () => clock.nowMs(),
    elapsedMs: () => performance.now(),
  });

  api.openapi(doctorRoute, async (context) => {
    const looked = context.get('caller').role === 'operator' ? await looks.fresh() : looks.last;
    if (looked === undefined) {
      throw new Problem(404, 'The doctor has not run yet.', { todo: 'Ask an operator to run it.' });
    }
    const { found } = looked;
    const count = (status: Finding['status']): number =>
      found.filter((finding) => finding.status === status).length;
    const checks = found.map((finding) => ({
      name: finding.name,
      status: finding.status,
      detail: finding.detail,
      remedy: 'remedy' in finding ? finding.remedy : null,
    }));
    return context.json(
      {
        lookedAt: iso(looked.atMs),
        checks,
        failed: count('failed'),
        warnings: count('warning'),
        skipped: count('skipped'),
      },
      200,
    );
  });
}

function rulesOf(owner: ReturnType<typeof policyOf>): z.output<typeof rules> {
  const { minPrice, capabilities, repositories, ...others } = owner;
  return {
    ...others,
    minPrice: minPrice ?? null,
    capabilities: [...(capabilities ?? [])],
    repositories: repositories === undefined ? null : [...repositories],
  };
}

function inNumbers(total: ReturnType<typeof totalOf>) {
  const { hirings, grossCents, feeCents, netCents, takenBack, takenBackCents } = total;
  return {
    takenBack,
    takenBackCents: Number(takenBackCents),
    hirings,
    grossCents: Number(grossCents),
    feeCents: Number(feeCents),
    netCents: Number(netCents),
  };
}

/** The beginning of a UTC day. */
function dayOf(name: string, text: string): number {
  const atMs = parseTimeMs(`${text}T00:00:00Z`);
  if (atMs !== undefined) return atMs;
  throw new Problem(400, `${name} must be a date.`, { todo: 'Write it as 2026-11-27.' });
}
