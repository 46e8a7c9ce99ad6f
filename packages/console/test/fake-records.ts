import { AGENTS, idAt, WORKERS } from './fake-data.ts';
import { HOSTILE } from './fake-detail.ts';

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export function alerts(): readonly unknown[] {
  return [
    {
      id: 3,
      kind: 'attention',
      text: `Hiring ${idAt(0)} (agent Ada, attempt 1) needs you: the result is held.`,
      sink: 'matrix',
      keptAt: minutesAgo(4),
      doneAt: minutesAgo(4),
      refusals: 0,
    },
    {
      id: 2,
      kind: 'agent_offline',
      text: 'Agent Vera is offline: its session has been down for 5 min.',
      sink: 'webhook',
      keptAt: minutesAgo(9),
      doneAt: null,
      refusals: 3,
    },
    {
      id: 1,
      kind: 'failed',
      text: `Hiring ${idAt(77)} was reported as failed: timeout.`,
      sink: 'matrix',
      keptAt: minutesAgo(200),
      doneAt: minutesAgo(199),
      refusals: 1,
    },
  ];
}

export function keys(): readonly unknown[] {
  return AGENTS.map(({ agentId, worker, key }, index) => ({
    agentId,
    worker,
    source: ['file', 'environment', 'file'][index],
    good: key.problem === null,
    problem: key.problem,
  }));
}

export function rooms(): readonly unknown[] {
  return Array.from({ length: 130 }, (_, index) => ({
    roomId:
      index === 1
        ? `!<img src=x>\u202E${'x'.repeat(120)}:evil.example`
        : `!room${index}PqzTn:matrix-local.hiclaw.io:18080`,
    hiringId: idAt(index),
    worker: WORKERS[index % 3]?.name ?? '',
    endedAt: index < 12 ? null : minutesAgo(index * 9),
    leftAt: index < 40 ? null : minutesAgo(index * 8),
  }));
}

const DEEDS = [
  ['POST hirings approve', '202'],
  ['POST workers stop', '200'],
  ['POST hirings fail', '409'],
  ['PATCH agents', '200'],
  ['POST session', '401'],
  ['POST workers ping', '424'],
] as const;

export function audit(): readonly unknown[] {
  return Array.from({ length: 120 }, (_, index) => {
    const [action, outcome] = DEEDS[index % DEEDS.length] ?? DEEDS[0];
    const subject = action.includes('hirings')
      ? idAt(index)
      : action.includes('workers')
        ? 'vera'
        : action.includes('session')
          ? ''
          : (AGENTS[0]?.agentId ?? '');
    return {
      at: minutesAgo(index * 7 + 1),
      who: outcome === '401' ? '' : index === 1 ? HOSTILE.slice(0, 60) : 'olga',
      role: outcome === '401' ? '' : 'operator',
      action,
      subject: index === 7 ? `<b>x</b>\u202E${'y'.repeat(190)}` : subject,
      commandId: null,
      outcome,
      from: '127.0.0.1',
    };
  });
}

const RULES = {
  minPrice: '5.00',
  capabilities: [],
  repositories: null,
  concurrency: 1,
  maxTaskCharacters: 100_000,
  approve: 'nothing',
  heldResults: 'hold',
  resultDigest: 'optional',
  push: 'adapter',
  questions: 'hirer',
  progress: true,
};
export const POLICY_OF_OWNER = {
  rules: RULES,
  failOverdue: false,
  maxMessages: 4,
  agents: AGENTS.map(({ agentId, worker }, index) => ({
    agentId,
    worker,
    rules:
      index === 2
        ? { ...RULES, minPrice: '40.00', approve: 'both', repositories: ['acme/*', '<b>x</b>\u202E/y'] }
        : RULES,
  })),
};

export function doctor() {
  return {
    lookedAt: minutesAgo(0),
    checks: [
      { name: 'store', status: 'ok', detail: 'it is open, 812 MB, and takes writes', remedy: null },
      {
        name: 'disk',
        status: 'warning',
        detail: '9 % of 40 GB are free',
        remedy: 'Make room, or set retention.payloadDays lower.',
      },
      { name: 'marketplace', status: 'ok', detail: 'https://agrenting.com answers in 112 ms', remedy: null },
      {
        name: 'agent-key vera',
        status: 'failed',
        detail: `the marketplace refuses its key ${HOSTILE}`,
        remedy: 'Rotate it: agrenting-hiclaw agents rotate-key vera',
      },
      {
        name: 'matrix-account',
        status: 'ok',
        detail: '@adapter:matrix-local.hiclaw.io:18080 is logged in',
        remedy: null,
      },
      { name: 'storage', status: 'ok', detail: 'it writes, reads and removes', remedy: null },
      { name: 'webhook', status: 'skipped', detail: 'the bridge is not set up', remedy: null },
    ],
    failed: 1,
    warnings: 1,
    skipped: 1,
  };
}

export const SETTINGS = [
  ['store.path', '/var/lib/agrenting/store.sqlite', 'file'],
  ['agrenting.url', 'https://agrenting.com', 'default'],
  ['agrenting.userToken', null, 'environment'],
  ['hiclaw.profile', '1.2', 'environment'],
  ['matrix.homeserver', 'http://matrix-local.hiclaw.io:18080', 'file'],
  ['matrix.userId', '@adapter:matrix-local.hiclaw.io:18080', 'file'],
  ['alerts.kinds', ['attention', 'agent_offline', 'disputed', 'failed'], 'default'],
  ['retention.payloadDays', 30, 'default'],
  ['workers.assignments', 1, 'default'],
].map(([path, value, from]) => ({ path, value, from, secret: value === null }));

export function earnings(query: URLSearchParams) {
  const days = Array.from({ length: 28 }, (_, index) => {
    const hirings = 3 + ((index * 7) % 11);
    const grossCents = hirings * 2_500;
    const feeCents = Math.ceil(grossCents * 0.05);
    const day = new Date(Date.now() - Math.floor(index / 2) * 86_400_000).toISOString().slice(0, 10);
    return {
      agentId: AGENTS[index % 2]?.agentId,
      day,
      hirings,
      grossCents,
      feeCents,
      netCents: grossCents - feeCents,
      takenBack: index === 3 ? 1 : 0,
      takenBackCents: index === 3 ? 2_375 : 0,
    };
  }).filter(
    ({ agentId, day }) =>
      (query.get('agent') ?? agentId) === agentId &&
      day >= (query.get('from') ?? '') &&
      day <= (query.get('to') ?? '9'),
  );
  const sum = (
    name: 'hirings' | 'grossCents' | 'feeCents' | 'netCents' | 'takenBack' | 'takenBackCents',
  ): number => days.reduce((total, item) => total + item[name], 0);
  return {
    days,
    unreadablePrices: 0,
    total: {
      hirings: sum('hirings'),
      grossCents: sum('grossCents'),
      feeCents: sum('feeCents'),
      netCents: sum('netCents'),
      takenBack: sum('takenBack'),
      takenBackCents: sum('takenBackCents'),
    },
  };
}
