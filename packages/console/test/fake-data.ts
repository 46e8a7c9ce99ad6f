import { createHash } from 'node:crypto';
/** How many hirings there are. None is kept: each is made from its place when it is asked for. */
export const HIRINGS = 1_000_000;

const NAMES = ['Ada', 'Boris', 'Vera'];
export const WORKERS = [
  ['ada', 'copaw', 'working', 3],
  ['boris', 'openclaw', 'idle', 0],
  ['vera', 'copaw', 'needs-operator', 2],
  ['nora', 'copaw', 'idle', 0],
].map(([name, runtime, state, openHirings], index) => ({
  name: String(name),
  userId: `@${name}:matrix-local.hiclaw.io:18080`,
  roomId: `!room${index}PqzTnRbwYhJ:matrix-local.hiclaw.io:18080`,
  runtime,
  state,
  lastActivityAt: index === 2 ? null : new Date(Date.now() - (index * 40 + 1) * 60_000).toISOString(),
  openHirings,
}));

/** One of many that have nothing to do. */
export function workerAt(nth: number) {
  const name = `worker-${String(nth).padStart(3, '0')}`;
  return {
    name,
    userId: `@${name}:matrix-local.hiclaw.io:18080`,
    roomId: `!many${nth}:matrix-local.hiclaw.io:18080`,
    runtime: 'copaw',
    state: 'idle',
    lastActivityAt: null,
    openHirings: 0,
  };
}

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
interface FakeSession {
  readonly state: string;
  readonly since: string | null;
  readonly lastPingAt: string | null;
  readonly drops: number | null;
  readonly holder: string | null;
}

function sessionAt(index: number): FakeSession | null {
  return index === 2
    ? { state: 'unreachable', since: minutesAgo(14), lastPingAt: null, drops: null, holder: null }
    : {
        state: 'held',
        since: minutesAgo(1_500),
        lastPingAt: minutesAgo(0.4),
        drops: index,
        holder: 'mcp-client-4711',
      };
}

export const AGENTS = NAMES.map((name, index) => ({
  agentId: `4816cd2a-e54a-4e6b-8fa1-61d360cccf${(0x80 + index).toString(16)}`,
  name: `${name}, translator`,
  worker: WORKERS[index]?.name ?? null,
  paused: index === 1 ? { since: minutesAgo(190) } : null,
  key: { problem: index === 2 ? 'the marketplace refuses this key <img src=x onerror=alert(1)>' : null },
  session: sessionAt(index),
  listed: {
    status: 'active',
    availability: index === 1 ? 'unavailable' : 'available',
    price: '25.00',
    capabilities: index === 2 ? ['writing', '<b>bold</b>\u202E'] : ['translation', 'writing'],
  },
  hireable: [
    { ok: true, reasons: [] },
    { ok: false, reasons: ['it is paused', 'its listing is inactive'] },
    {
      ok: false,
      reasons: [
        'the marketplace refuses this key',
        'it would not answer the probe for availability: its MCP session is unreachable, and its listing names no callback URL',
      ],
    },
  ][index] ?? { ok: true, reasons: [] },
  openHirings: [3, 0, 2][index] ?? 0,
}));

/** One that is registered just now. */
export function agentOf(body: Readonly<Record<string, unknown>>): (typeof AGENTS)[number] {
  return {
    agentId: '4816cd2a-e54a-4e6b-8fa1-61d360cccfff',
    name: String(body['name']),
    worker: String(body['worker']),
    paused: null,
    key: { problem: null },
    session: null,
    listed: { status: 'active', availability: 'available', price: String(body['price']), capabilities: [] },
    hireable: { ok: true, reasons: [] },
    openHirings: 0,
  };
}

const NEEDS = [
  {
    reason: 'result_credential',
    why: 'the result seems to hold a credential (a token of GitHub)',
    todo: 'Read the result. Approve it if that is no credential, or report the attempt as failed.',
    quote: null,
    approves: 'result',
  },
  {
    reason: 'guard_question',
    why: 'the worker asks whether it may run a command',
    todo: 'Answer it with yes or no. The work goes on after that.',
    quote: null,
    approves: null,
  },
  {
    reason: 'work_approval',
    why: 'the hiring is dearer than the owner’s limit of $50.00',
    todo: 'Approve the work, or report the attempt as failed.',
    quote: null,
    approves: 'work',
  },
] as const;
const OPEN = ['confirmed', 'sent', 'acknowledged', 'acknowledged', 'submitted', 'settling'] as const;
const TITLES = [
  'Translate release notes into German',
  'Summarise 40 interviews',
  '<img src=x onerror=alert(1)> <b>bold</b>',
  'Fix the flaky login test',
  'Logo \u202Egnp.ogol\u202C in two sizes',
  'W'.repeat(5_000),
  'Write a landing page',
] as const;

export interface FakeHiring {
  readonly id: string;
  readonly version: string;
  readonly state: string;
  readonly agentId: string;
  readonly worker: string | null;
  readonly price: string;
  readonly capability: string;
  readonly deliveryMode: string;
  readonly attempt: number;
  readonly receivedAt: string;
  readonly updatedAt: string;
  readonly deadlineAt: string | null;
  readonly intake: string;
  readonly needs: {
    /** A code. */
    readonly reason: string;
    readonly why: string;
    readonly todo: string;
    readonly quote: string | null;
    readonly approves: string | null;
  } | null;
  readonly concern: { readonly code: string; readonly since: string } | null;
  readonly lastFailure: string | null;
  readonly title: string;
  readonly actions: readonly string[];
}

const startedAtMs = Date.now();

export function idAt(index: number): string {
  return `${index.toString(16).padStart(8, '0')}-e29b-41d4-a716-446655440000`;
}

export function hiringById(id: string): number | undefined {
  const index = Number.parseInt(id.slice(0, 8), 16);
  return idAt(index) === id && index < HIRINGS ? index : undefined;
}

/** The newest is at 0. The newest 40 are open, the first of those need a person. */
export function hiringAt(index: number): FakeHiring {
  const receivedAtMs = startedAtMs - index * 41_000 - 30_000;
  const agent = index % 3;
  const needs = index < 40 && index % 6 === 0 ? (NEEDS[(index / 6) % 3] ?? null) : null;
  const end = index % 79 === 0 ? 'failed' : index % 410 === 0 ? 'cancelled' : 'completed';
  return {
    id: idAt(index),
    version: '',
    state: needs !== null ? 'attention' : index < 40 ? (OPEN[index % OPEN.length] ?? 'sent') : end,
    agentId: AGENTS[agent]?.agentId ?? '',
    worker: WORKERS[agent]?.name ?? null,
    price: index % 4 === 0 ? '25.00' : '7.50',
    capability: 'translation',
    deliveryMode: index % 4 === 3 ? 'push' : 'output',
    attempt: 1,
    receivedAt: new Date(receivedAtMs).toISOString(),
    updatedAt: new Date(receivedAtMs + 20_000).toISOString(),
    deadlineAt: index < 40 ? new Date(receivedAtMs + 7_200_000).toISOString() : null,
    intake: ['mcp', 'webhook', 'poll'][index % 3] ?? 'mcp',
    needs,
    concern: null,
    lastFailure: index === 7 ? 'storage does not answer: connect ECONNREFUSED 127.0.0.1:9000' : null,
    title: TITLES[index % TITLES.length] ?? '',
    actions: [],
  };
}

/** Another one for whatever decides about it. */
export function versionOf({ id, state, needs }: FakeHiring): string {
  return createHash('sha256')
    .update(JSON.stringify([id, state, needs]))
    .digest('hex');
}

/** What can be done with a hiring as it is. */
export function actionsOf({ state, needs }: FakeHiring): readonly string[] {
  if (['completed', 'failed', 'cancelled', 'rejected'].includes(state)) return [];
  if (needs === null) return ['hold', 'message'];
  return [
    'retry',
    ...(needs.approves === null ? [] : ['approve']),
    'fail',
    ...(needs.approves === 'hold' ? [] : ['hold']),
    'submit',
    'message',
    ...(needs.reason === 'guard_question' ? ['answer'] : []),
  ];
}
