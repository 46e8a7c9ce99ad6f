import { AGENTS, idAt } from './fake-data.ts';

export function alerts(): readonly unknown[] {
  const at = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  return [
    {
      id: 3,
      kind: 'attention',
      text: `Hiring ${idAt(0)} (agent Ada, attempt 1) needs you: the result is held.`,
      sink: 'matrix',
      keptAt: at(4),
      doneAt: at(4),
      refusals: 0,
    },
    {
      id: 2,
      kind: 'deaf',
      text: 'Agent Vera hears nothing: its session has been down for 5 min.',
      sink: 'webhook',
      keptAt: at(9),
      doneAt: null,
      refusals: 3,
    },
    {
      id: 1,
      kind: 'failed',
      text: `Hiring ${idAt(77)} was reported as failed: timeout.`,
      sink: 'matrix',
      keptAt: at(200),
      doneAt: at(199),
      refusals: 1,
    },
  ];
}

export const SETTINGS = [
  ['store.path', '/var/lib/agrenting/store.sqlite', 'file'],
  ['agrenting.url', 'https://agrenting.com', 'default'],
  ['agrenting.userToken', null, 'environment'],
  ['hiclaw.profile', '1.2', 'environment'],
  ['matrix.homeserver', 'http://matrix-local.hiclaw.io:18080', 'file'],
  ['matrix.userId', '@adapter:matrix-local.hiclaw.io:18080', 'file'],
  ['alerts.kinds', ['attention', 'deaf', 'disputed', 'failed'], 'default'],
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
    };
  }).filter(
    ({ agentId, day }) =>
      (query.get('agent') ?? agentId) === agentId &&
      day >= (query.get('from') ?? '') &&
      day <= (query.get('to') ?? '9'),
  );
  const sum = (name: 'hirings' | 'grossCents' | 'feeCents' | 'netCents'): number =>
    days.reduce((total, item) => total + item[name], 0);
  return {
    days,
    unreadablePrices: 0,
    total: {
      hirings: sum('hirings'),
      grossCents: sum('grossCents'),
      feeCents: sum('feeCents'),
      netCents: sum('netCents'),
    },
  };
}
