import { describe, expect, onTestFinished, test } from 'vitest';
import type { Answer } from './answer.ts';
import { MemoryRequestBudgets } from './request-budget.ts';
import { createRestClient, type RestClient } from './rest-client.ts';
import { agentKey } from './test/agent.ts';
import { startHttpServer, type HttpServer } from './test/http-server.ts';
import { ManualClock } from './test/manual-clock.ts';

interface Given {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A marketplace whose first answer is as given, and each after that states nothing. */
async function marketplace(first: Given): Promise<HttpServer> {
  const server = await startHttpServer((_, response) => {
    const { status, headers, body } = server.received.length === 1 ? first : { status: 204 };
    response.writeHead(status, headers).end(body);
  });
  onTestFinished(async () => await server.close());
  return server;
}

const clientOf = (
  server: HttpServer,
  clock: ManualClock,
  budgets = new MemoryRequestBudgets(),
): RestClient => {
  const client = createRestClient({ baseUrl: server.baseUrl, clock, budgets });
  onTestFinished(() => client.close());
  return client;
};

/** A request that may use all of the budget. */
async function ask(client: RestClient): Promise<Answer> {
  const access = client.access(agentKey());
  return await client.send({ method: 'GET', path: '/x', access, schemes: 'key', settles: true });
}

/** How many more requests go out at once, and how long the next one has to wait. */
async function rest(client: RestClient): Promise<{ goes: number; waitMs: number }> {
  for (let goes = 0; ; goes += 1) {
    const answer = await ask(client);
    if (answer.kind === 'limited') return { goes, waitMs: answer.retryAfterMs };
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const PAGE = { 'Content-Type': 'text/html; charset=utf-8' };
const FEW = { 'X-RateLimit-Limit': '5', 'X-RateLimit-Remaining': '3' };
const NONE = { 'X-RateLimit-Limit': '5', 'X-RateLimit-Remaining': '0' };
const WAIT = { 'Retry-After': '45' };
/** One of the hundred was used, and nobody said anything about the rest. */
const USUAL = 99;

describe.for<[string, Given, { goes: number; waitMs?: number; nextGoes: number }]>([
  // The marketplace itself.
  ['in JSON', { status: 200, headers: { ...JSON_TYPE, ...FEW }, body: '{}' }, { goes: 3, nextGoes: 5 }],
  [
    'in JSON of an error',
    { status: 404, headers: { 'Content-Type': 'application/problem+json', ...FEW }, body: '{}' },
    { goes: 3, nextGoes: 5 },
  ],
  ['without a body', { status: 204, headers: FEW }, { goes: 3, nextGoes: 5 }],
  ['that only accepts', { status: 202, headers: FEW, body: 'Accepted' }, { goes: 3, nextGoes: 5 }],
  [
    'that is a stream of events',
    { status: 200, headers: { 'Content-Type': 'text/event-stream', ...FEW }, body: ': hello\n\n' },
    { goes: 3, nextGoes: 5 },
  ],
  [
    'with the standard header in its seventh draft',
    { status: 200, headers: { ...JSON_TYPE, RateLimit: 'limit=5, remaining=3, reset=30' }, body: '{}' },
    { goes: 3, nextGoes: 5 },
  ],
  [
    'with the standard header in its last draft',
    {
      status: 200,
      headers: {
        ...JSON_TYPE,
        RateLimit: '"minute";r=3;t=30',
        'RateLimit-Policy': '"hour";q=900;w=3600, "minute";q=5;w=60',
      },
      body: '{}',
    },
    { goes: 3, nextGoes: 5 },
  ],
  [
    'with the figures of two',
    { status: 200, headers: { ...JSON_TYPE, 'RateLimit-Limit': '900, 5;w=60', 'RateLimit-Remaining': '3' } },
    { goes: 3, nextGoes: 5 },
  ],
  [
    'that wants patience',
    { status: 429, headers: { ...JSON_TYPE, ...NONE, ...WAIT }, body: '{}' },
    { goes: 0, waitMs: 45_000, nextGoes: 5 },
  ],
  [
    'that wants patience until its window ends',
    { status: 429, headers: { ...JSON_TYPE, ...NONE, 'X-RateLimit-Reset': '90' }, body: '{}' },
    { goes: 0, waitMs: 90_000, nextGoes: 5 },
  ],
  [
    'that wants patience and says nothing else',
    { status: 429, headers: JSON_TYPE, body: '{}' },
    { goes: 0, waitMs: 60_000, nextGoes: 56 },
  ],
  // Somebody in front of it.
  [
    'that is a page',
    { status: 200, headers: { ...PAGE, ...FEW }, body: '<html>' },
    { goes: USUAL, nextGoes: 100 },
  ],
  [
    'that is a page and wants patience',
    { status: 429, headers: { ...PAGE, ...NONE, ...WAIT }, body: '<html>' },
    { goes: 0, waitMs: 45_000, nextGoes: 100 },
  ],
  [
    'that is a page, wants patience and says nothing else',
    { status: 429, headers: { ...PAGE, ...NONE }, body: '<html>' },
    { goes: 0, waitMs: 60_000, nextGoes: 100 },
  ],
  [
    'without a body that wants patience',
    { status: 429, headers: { ...NONE, ...WAIT } },
    { goes: 0, waitMs: 45_000, nextGoes: 100 },
  ],
  // What was asked for is not there for a while; the rest may be.
  [
    'that is a page of an outage',
    { status: 503, headers: { ...PAGE, ...NONE, ...WAIT }, body: '<html>' },
    { goes: USUAL, nextGoes: 100 },
  ],
  [
    'of a gateway in words',
    { status: 502, headers: { 'Content-Type': 'text/plain', ...NONE } },
    { goes: USUAL, nextGoes: 100 },
  ],
  [
    'that redirects',
    { status: 302, headers: { ...JSON_TYPE, ...NONE, Location: '/elsewhere' }, body: '{}' },
    { goes: USUAL, nextGoes: 100 },
  ],
  // What a cache gives again.
  [
    'from a cache',
    { status: 200, headers: { ...JSON_TYPE, ...NONE, Age: '7' }, body: '{}' },
    { goes: USUAL, nextGoes: 100 },
  ],
  [
    'from a cache that wants patience',
    { status: 429, headers: { ...JSON_TYPE, ...NONE, ...WAIT, Age: '40' }, body: '{}' },
    { goes: 0, waitMs: 5_000, nextGoes: 100 },
  ],
  // What is no limit.
  ...['-5', 'many', '1e9', '', '0', '5.5'].map(
    (figure): [string, Given, { goes: number; nextGoes: number }] => [
      `with the limit ${JSON.stringify(figure)}`,
      { status: 200, headers: { ...JSON_TYPE, 'X-RateLimit-Limit': figure }, body: '{}' },
      { goes: USUAL, nextGoes: 100 },
    ],
  ),
  [
    'with a window of no time',
    {
      status: 200,
      headers: { ...JSON_TYPE, RateLimit: 'limit=5, remaining=3, reset=0', 'RateLimit-Policy': '5;w=0' },
    },
    { goes: 3, nextGoes: 5 },
  ],
])('an answer %s', ([, given, { goes, waitMs, nextGoes }]) => {
  test('lets so many requests go, in its window and in the next', async () => {
    const clock = new ManualClock(Date.now());
    const client = clientOf(await marketplace(given), clock);
    await ask(client);
    const left = await rest(client);
    expect(left).toEqual({ goes, waitMs: waitMs ?? 60_000 });
    clock.ms += Math.max(60_000, left.waitMs);
    expect((await rest(client)).goes).toBe(nextGoes);
  });
});

test.each([
  [{ ...PAGE, ...WAIT }, 45_000],
  [{ ...PAGE, ...WAIT, Age: '40' }, 5_000],
  [{ ...PAGE, ...WAIT, Age: '400' }, 0],
  [JSON_TYPE, undefined],
])('an outage with %j asks what was refused to wait %s ms', async (headers, waitMs) => {
  const client = clientOf(await marketplace({ status: 503, headers, body: '<html>' }), new ManualClock());
  expect(await ask(client)).toMatchObject({ kind: 'failure', retryAfterMs: waitMs });
});

const inFiveMinutes = (): number => Date.now() + 300_000;

test.each<[string, () => string, number]>([
  ['in seconds', () => '300', 300_000],
  ['in milliseconds', () => '90000', 90_000],
  ['in seconds since 1970', () => String(Math.floor(inFiveMinutes() / 1_000)), 300_000],
  ['in milliseconds since 1970', () => String(inFiveMinutes()), 300_000],
  ['by a date of HTTP', () => new Date(inFiveMinutes()).toUTCString(), 300_000],
  ['by a date of ISO', () => new Date(inFiveMinutes()).toISOString(), 300_000],
  ['in an hour', () => '3600', 600_000],
  ['in no time', () => '0', 60_000],
  ['earlier', () => '-5', 60_000],
  ['in the past', () => '1000000000', 60_000],
  ['years ahead', () => String(Math.floor(Date.now() / 1_000) + 100_000_000), 60_000],
  ['by a date years ahead', () => 'Mon, 23 Nov 2099 10:00:00 GMT', 60_000],
  ['never', () => 'never', 60_000],
])('a window with nothing left that ends %s', async (_, reset, waitMs) => {
  const headers = { ...JSON_TYPE, ...NONE, 'X-RateLimit-Reset': reset() };
  const clock = new ManualClock(Date.now());
  const client = clientOf(await marketplace({ status: 200, headers, body: '{}' }), clock);
  await ask(client);
  const left = await rest(client);
  expect(left.goes).toBe(0);
  expect(Math.abs(left.waitMs - waitMs)).toBeLessThan(2_500);
  clock.ms += left.waitMs;
  expect((await ask(client)).kind).toBe('success');
});

test('a limit of a gateway that is gone lapses in every process', async () => {
  const clock = new ManualClock(Date.now());
  const budgets = new MemoryRequestBudgets();
  const server = await marketplace({ status: 200, headers: { ...JSON_TYPE, ...FEW }, body: '{}' });
  const [here, elsewhere] = [clientOf(server, clock, budgets), clientOf(server, clock, budgets)];
  await ask(here);
  expect((await rest(elsewhere)).goes).toBe(3);
  clock.ms += 14 * 60_000;
  expect((await rest(elsewhere)).goes).toBe(5);
  clock.ms += 2 * 60_000;
  expect((await rest(elsewhere)).goes).toBe(100);
});
