import { describe, expect, test } from 'vitest';

import type { FaultInput, HiringSnapshot, Operation } from '../index.ts';
import type { RawAnswer, RawClient } from '../testing/raw-client.ts';
import { openFixture, type Fixture } from '../testing/fixture.ts';

interface Door {
  via: 'rest' | 'mcp';
  operation: Operation;
  send: (stage: Stage, id: string) => Promise<RawAnswer>;
  /** Whether the hiring shows that it was done; reads show nothing. */
  done?: (hiring: HiringSnapshot) => boolean;
}

interface Stage {
  fixture: Fixture;
  client: RawClient;
}

function rest(
  operation: Operation,
  path: (id: string) => string,
  body?: unknown,
): Pick<Door, 'via' | 'operation' | 'send'> {
  const method = body === undefined ? 'GET' : 'POST';
  return {
    via: 'rest',
    operation,
    send: async ({ fixture }, id) => {
      const url = `/api/v1/hirings/${path(id)}`;
      const { status, headers, text } = await fixture.call(method, url, { as: fixture.agent.apiKey, body });
      return { status, contentType: headers.get('content-type'), body: text };
    },
  };
}

function mcp(
  operation: Operation,
  method: string,
  params: (id: string) => unknown,
): Pick<Door, 'via' | 'operation' | 'send'> {
  return {
    via: 'mcp',
    operation,
    send: ({ client }, id) => client.post({ jsonrpc: '2.0', id, method, params: params(id) }),
  };
}

function tool(operation: Operation, name: string, values: (id: string) => unknown) {
  return mcp(operation, 'tools/call', (id) => ({ name, arguments: values(id) }));
}

const completed = ({ status }: HiringSnapshot): boolean => status === 'completed';
const failed = ({ status }: HiringSnapshot): boolean => status === 'failed';
const said = ({ messages }: HiringSnapshot): boolean => messages.length > 0;
const emitted = ({ chunks }: HiringSnapshot): boolean => chunks.length > 0;

/** Everything an agent changes or reads, over both doors. */
const doors: Door[] = [
  { ...rest('result', (id) => `${id}/result`, { output: { text: 'Done' } }), done: completed },
  { ...rest('failure', (id) => `${id}/failure`, { reason: 'other' }), done: failed },
  { ...rest('message', (id) => `${id}/messages`, { content: 'Hello' }), done: said },
  rest('hiring_read', (id) => id),
  rest('pending', () => 'pending'),
  { ...tool('result', 'submit_hiring_result', (id) => ({ hiring_id: id, output: 'Done' })), done: completed },
  { ...tool('failure', 'report_hiring_failure', (id) => ({ hiring_id: id, reason: 'other' })), done: failed },
  { ...tool('message', 'add_hiring_message', (id) => ({ hiring_id: id, content: 'Hello' })), done: said },
  { ...tool('chunk', 'task_emit_chunk', (id) => ({ task_id: id, content: 'part' })), done: emitted },
  mcp('hiring_read', 'resources/read', (id) => ({ uri: `hiring://${id}` })),
  mcp('pending', 'resources/read', () => ({ uri: 'hiring://pending' })),
];

async function stage(rpcChannel: 'body' | 'sse' = 'body'): Promise<Stage> {
  // No alarms but those of faults.
  const switches = { rpc_channel: rpcChannel, ping_interval_s: 0, sse_keepalive_s: 0 } as const;
  const fixture = await openFixture({ switches });
  fixture.marketplace.deposit(fixture.hirer.id, '1000.00');
  return { fixture, client: await fixture.goOnline() };
}

/** Sends through each door, with the fault on it, and hands what came to `judge`. */
async function strikeAll(
  fault: Omit<FaultInput, 'operation' | 'via'>,
  applies: boolean,
  judge: (answer: Promise<RawAnswer>, door: string) => Promise<void>,
  during: (stage: Stage) => Promise<void> = async () => {},
): Promise<void> {
  const set = await stage();
  const { marketplace } = set.fixture;
  for (const { via, operation, send, done } of doors) {
    const door = `${operation} over ${via}`;
    const id = await set.fixture.startedHiring();
    marketplace.faults.add({ ...fault, via, operation });
    const sending = send(set, id);
    const judging = judge(sending, door);
    await during(set);
    await judging;
    expect([door, ...marketplace.faults.list()]).toEqual([door]);
    if (done === undefined) continue;
    await marketplace.hirings.when(id, (hiring) => done(hiring) === applies);
    const recorded = marketplace.requests.list({ hiringId: id }).at(-1);
    expect([door, recorded?.applied]).toEqual([door, applies]);
  }
}

describe('every change and read, over REST and MCP', () => {
  test.each([
    ['error_before_apply', 503, false],
    ['error_after_apply', 503, true],
    ['error_recorded', 503, false],
    ['rate_limit', 429, false],
  ] as const)('%s answers %i', async (kind, status, applies) => {
    await strikeAll({ kind }, applies, async (answer, door) => {
      expect([door, (await answer).status]).toEqual([door, status]);
    });
  });

  test.each([
    ['page_before_apply', undefined, 200, 'text/html; charset=utf-8', /^<!doctype html>/],
    ['page_before_apply', 502, 502, 'text/html; charset=utf-8', /^<!doctype html>/],
    ['empty_before_apply', undefined, 204, null, /^$/],
    ['empty_before_apply', 200, 200, null, /^$/],
    ['json_before_apply', undefined, 200, 'application/json; charset=utf-8', /^\{"status":"ok"/],
  ] as const)(
    '%s %s: nothing is done, and answered %i',
    async (kind, status, expected, contentType, body) => {
      await strikeAll({ kind, status }, false, async (answer, door) => {
        const got = await answer;
        expect([door, got.status, got.contentType]).toEqual([door, expected, contentType]);
        expect([door, got.body]).toEqual([door, expect.stringMatching(body)]);
      });
    },
  );

  test.each([
    [404, 'ROUTE_NOT_FOUND'],
    [405, 'METHOD_NOT_ALLOWED'],
    [410, 'GONE'],
    [501, 'NOT_IMPLEMENTED'],
  ])('route_missing %i: nothing is done; over MCP the tool is unknown', async (status, code) => {
    await strikeAll({ kind: 'route_missing', status }, false, async (answer, door) => {
      const got = await answer;
      const overMcp = door.endsWith('mcp');
      expect([door, got.status]).toEqual([door, overMcp ? 200 : status]);
      expect([door, got.body]).toEqual([door, expect.stringContaining(overMcp ? '-32601' : code)]);
    });
  });

  test.each([
    ['connection_lost_before_apply', false],
    ['connection_lost_after_apply', true],
    ['connection_lost_in_answer', true],
  ] as const)('%s: no answer', async (kind, applies) => {
    await strikeAll({ kind }, applies, async (answer) => {
      await expect(answer).rejects.toThrow(/fetch failed|terminated/);
    });
  });

  test.each([
    ['silence_before_apply', false],
    ['silence_after_apply', true],
  ] as const)('%s: no answer while it lasts, then the connection ends', async (kind, applies) => {
    await strikeAll(
      { kind, seconds: 10 },
      applies,
      async (answer) => {
        await expect(answer).rejects.toThrow('fetch failed');
      },
      ({ fixture: { clock } }) => alarmRings(clock, 10_000),
    );
  });

  test('delay: it is done and answered later', async () => {
    await strikeAll(
      { kind: 'delay', seconds: 10 },
      true,
      async (answer, door) => {
        expect([door, (await answer).status < 300]).toEqual([door, true]);
      },
      ({ fixture: { clock } }) => alarmRings(clock, 10_000),
    );
  });

  test.each([
    ['truncated_json', 'application/json; charset=utf-8', /^\{"[^]*[^}]$/],
    ['html_answer', 'text/html; charset=utf-8', /^<!doctype html>/],
    ['empty_answer', null, /^$/],
    ['large_answer', 'application/json; charset=utf-8', /^\{"[^]*\} {100000}$/],
    ['wrong_content_type', 'application/octet-stream', /^\{"[^]*\}$/],
  ] as const)('%s: it is done, and the answer is no help', async (kind, contentType, body) => {
    await strikeAll({ kind }, true, async (answer, door) => {
      const got = await answer;
      expect([door, got.status < 300, got.contentType]).toEqual([door, true, contentType]);
      expect([door, got.body]).toEqual([door, expect.stringMatching(body)]);
    });
  });
});

test('connection_lost_before_apply is a reset', async () => {
  const { fixture } = await stage();
  fixture.marketplace.faults.add({ kind: 'connection_lost_before_apply' });
  await expect(
    fixture.call('GET', '/api/v1/hirings/pending', { as: fixture.agent.apiKey }),
  ).rejects.toMatchObject({
    cause: { code: 'ECONNRESET' },
  });
});

test('redirect_before_apply leads to another origin', async () => {
  const { fixture } = await stage();
  fixture.marketplace.faults.add({ kind: 'redirect_before_apply' });
  const response = await fetch(`${fixture.marketplace.url}/api/v1/hirings/pending`, {
    headers: { 'X-API-Key': fixture.agent.apiKey },
    redirect: 'manual',
  });
  expect([response.status, response.headers.get('location')]).toEqual([302, 'http://login.invalid/']);
});

test('a corrupted answer is not what an idempotency key remembers', async () => {
  const { fixture } = await stage();
  const id = await fixture.startedHiring();
  fixture.marketplace.faults.add({ kind: 'truncated_json', operation: 'result' });
  const submit = () =>
    fixture.call('POST', `/api/v1/hirings/${id}/result`, {
      as: fixture.agent.apiKey,
      headers: { 'X-Idempotency-Key': 'k' },
      body: { output: {} },
    });
  expect((await submit()).json).toBeUndefined();
  expect((await submit()).data).toMatchObject({ id, status: 'completed' });
});

describe('answers that come over the stream', () => {
  const read = { jsonrpc: '2.0', id: 'read', method: 'resources/read', params: { uri: 'hiring://pending' } };
  const text =
    '{"jsonrpc":"2.0","id":"read","result":{"contents":[{"uri":"hiring://pending",' +
    '"mimeType":"application/json","text":"[]"}]}}';

  test.each([
    ['truncated_json', text.slice(0, Math.floor(text.length / 2))],
    [
      'html_answer',
      '<!doctype html><html><head><title>Agrenting</title></head><body>Just a moment...</body></html>',
    ],
    ['empty_answer', ''],
    ['large_answer', text + ' '.repeat(100_000)],
    ['wrong_content_type', text],
  ] as const)('%s corrupts the frame, and the POST is accepted', async (kind, data) => {
    const { fixture, client } = await stage('sse');
    await expect.poll(() => client.messages()).toHaveLength(2);
    const before = client.text();
    fixture.marketplace.faults.add({ kind, operation: 'pending', via: 'mcp' });
    expect(await client.post(read)).toMatchObject({ status: 202, body: 'Accepted' });
    await expect.poll(() => client.text().slice(before.length)).toBe(`event: message\ndata: ${data}\n\n`);
  });
});

describe('opening a stream', () => {
  const open = async ({ marketplace, agent }: Fixture, kind: FaultInput['kind'], seconds = 1) => {
    marketplace.faults.add({ kind, operation: 'mcp_open', seconds });
    return fetch(`${marketplace.url}/mcp/sse`, { headers: { 'X-API-Key': agent.apiKey } });
  };

  test('html_answer and empty_answer come in its place, and there is no session', async () => {
    const fixture = await openFixture();
    const html = await open(fixture, 'html_answer');
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await html.text()).toMatch(/^<!doctype html>/);
    const empty = await open(fixture, 'empty_answer');
    expect([empty.status, await empty.text()]).toEqual([200, '']);
    expect(fixture.marketplace.sessions.list()).toEqual([]);
  });

  test('wrong_content_type: the stream is there, but not called one', async () => {
    const fixture = await openFixture();
    const response = await open(fixture, 'wrong_content_type');
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(fixture.marketplace.sessions.list()).toHaveLength(1);
    await response.body?.cancel();
  });

  test('silence_before_apply: taken, and nothing said until it is over', async () => {
    const fixture = await openFixture();
    const opening = open(fixture, 'silence_before_apply', 30);
    await Promise.all([expect(opening).rejects.toThrow('fetch failed'), alarmRings(fixture.clock, 30_000)]);
    expect(fixture.marketplace.sessions.list()).toEqual([]);
  });

  test('a client that gives up during a silence leaves no alarm behind', async () => {
    const { marketplace, agent, clock } = await openFixture();
    marketplace.faults.add({ kind: 'silence_before_apply', seconds: 600 });
    const abort = new AbortController();
    const headers = { 'X-API-Key': agent.apiKey };
    const opening = fetch(`${marketplace.url}/mcp/sse`, { headers, signal: abort.signal });
    await expect.poll(() => clock.pending).toBe(1);
    abort.abort();
    await expect(opening).rejects.toThrow('aborted');
    await expect.poll(() => clock.pending).toBe(0);
  });
});

/** Waits for the one alarm there is, and moves the time to it. */
async function alarmRings(clock: Fixture['clock'], afterMs: number): Promise<void> {
  await expect.poll(() => clock.pending).toBe(1);
  clock.advance(afterMs);
}
