import { concernOf } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpMarketplace, type OtherAnswer } from './http-marketplace.ts';
import { someHiring, World } from './world.ts';

const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
let marketplace: HttpMarketplace;
beforeEach(() => {
  world = new World();
  marketplace = new HttpMarketplace(world);
});
afterEach(async () => {
  await marketplace.close();
  await world.close();
});

/** How a marketplace may say that it has put a result in a queue. */
const QUEUED: readonly OtherAnswer[] = [
  { status: 202, body: { status: 'accepted' } },
  { status: 202, body: '' },
  { status: 200, body: { data: { state: 'queued' } } },
  { status: 200, body: { status: 'processing', job_id: 7 } },
  { status: 200, body: { success: true } },
];

/** The worker delivers, and the marketplace shows it `lagMs` after it took it. */
async function queued(answer: OtherAnswer, lagMs: number): Promise<void> {
  let atMs = 0;
  await marketplace.open();
  marketplace.answer = ({ what }) => {
    if (what !== 'result') return undefined;
    atMs ||= world.nowMs;
    return answer;
  };
  const id = await marketplace.atWork();
  await world.workerDelivers(id, HAIKU);
  for (let minute = 0; minute < lagMs / MINUTE + 10; minute += 1) {
    if (atMs > 0 && world.nowMs - atMs >= lagMs) marketplace.status = 'completed';
    await world.run(MINUTE);
  }
}

describe('a marketplace that takes a result into its queue', () => {
  test.each(QUEUED)('and says so with $status $body gets it once, under one key', async (answer) => {
    await queued(answer, 5 * MINUTE);
    expect([await world.state(marketplace.id), marketplace.sent('result').length]).toEqual(['completed', 1]);
    expect(await world.events(marketplace.id)).toContain('result_settled');
  });

  test.each([
    ['20 minutes', 20 * MINUTE, 2],
    ['2 hours', 2 * HOUR, 4],
  ])('for %s is asked again seldom, under the same key', async (_for, lagMs, times) => {
    await queued({ status: 202, body: { status: 'accepted' } }, lagMs);
    const sent = marketplace.sent('result');
    expect([await world.state(marketplace.id), new Set(sent.map(({ key }) => key)).size]).toEqual([
      'completed',
      1,
    ]);
    expect(sent).toHaveLength(times);
  });

  test('for half a day is asked a few times', async () => {
    await queued({ status: 202, body: { status: 'accepted' } }, 5 * HOUR);
    expect(marketplace.sent('result').length).toBeLessThanOrEqual(8);
  });

  test('alerts the operator while it waits', async () => {
    await marketplace.open();
    marketplace.answer = () => ({ status: 202, body: { status: 'accepted' } });
    await world.workerDelivers(await marketplace.atWork(), HAIKU);
    await world.run(HOUR);
    const record = await world.record(marketplace.id);
    expect([record.state, concernOf(record)?.code]).toEqual(['settling', 'settlement_delayed']);
  });

  test('and loses it there is sent it again, and is not sent it under another key once it refuses it', async () => {
    let times = 0;
    await marketplace.open();
    marketplace.answer = ({ what }) => {
      if (what !== 'result') return undefined;
      times += 1;
      if (times === 1) return { status: 202, body: { status: 'accepted' } };
      if (times > 4) return undefined;
      return { status: 422, body: { errors: [{ code: 'VALIDATION_ERROR', message: 'result is missing' }] } };
    };
    await world.workerDelivers(await marketplace.atWork(), HAIKU);
    await world.run(5 * HOUR);
    const sent = marketplace.sent('result');
    expect([
      await world.state(marketplace.id),
      sent.length,
      new Set(sent.map(({ key }) => key)).size,
    ]).toEqual(['completed', 5, 1]);
  });
});

describe('words to a hirer of a marketplace whose reads show no messages', () => {
  /** How a marketplace may say that it has a message. */
  const TAKEN: readonly OtherAnswer[] = [
    { status: 200, body: { status: 'sent' } },
    { status: 201, body: { data: { success: true } } },
    { status: 202, body: '' },
  ];

  test.each(TAKEN)(
    'by REST with $status $body: a question is asked once, and waits for its answer',
    async (answer) => {
      world.settings = { ...world.settings, answerWaitMs: 40 * MINUTE };
      await marketplace.open();
      marketplace.answer = ({ what }) => (what === 'messages' ? answer : undefined);
      const id = await marketplace.atWork();
      await world.says(world.line(id, 'QUESTION', 'PDF or DOCX?'));
      await world.run(39 * MINUTE);
      expect([marketplace.sent('messages').length, await world.state(id)]).toEqual([1, 'acknowledged']);
      await world.run(2 * MINUTE);
      expect(world.hiclaw.messages.map(({ purpose }) => purpose)).toContain('no-answer');
      await world.run(5 * HOUR);
      expect(marketplace.sent('messages')).toHaveLength(1);
    },
  );

  test.each(['done', 'unknown'] as const)(
    'by MCP, where the tool says nothing: %s, twice at most',
    async (kind) => {
      let used = 0;
      await marketplace.open({
        readHiring: async () => Promise.resolve({ kind: 'unavailable', problem: 'planted' }),
        useTool: async (use) => {
          if (use.kind !== 'message') return Promise.resolve({ kind: 'missing' });
          used += 1;
          return Promise.resolve(kind === 'done' ? { kind } : { kind, problem: 'no answer' });
        },
        readPrompt: async () => Promise.resolve(undefined),
      });
      marketplace.answer = ({ what }) =>
        what === 'messages' ? { status: 404, body: { errors: [{ code: 'ROUTE_NOT_FOUND' }] } } : undefined;
      const id = await marketplace.atWork();
      await world.says(world.line(id, 'QUESTION', 'PDF or DOCX?'));
      await world.run(39 * MINUTE);
      expect([used, await world.state(id)]).toEqual([kind === 'done' ? 1 : 2, 'acknowledged']);
      await world.run(5 * HOUR);
      expect(used).toBeLessThanOrEqual(2);
    },
  );

  test('while its reads fail, its word is not taken: it is asked again under the same key, until they work', async () => {
    await marketplace.open();
    marketplace.answer = ({ what }) => (what === 'messages' ? TAKEN[0] : undefined);
    const id = await marketplace.atWork();
    await world.says(world.line(id, 'QUESTION', 'PDF or DOCX?'));
    marketplace.readAnswer = { status: 500, body: '' };
    await world.run(2 * MINUTE);
    marketplace.readAnswer = undefined;
    await world.run(10 * MINUTE);
    const asked = marketplace.sent('messages');
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
    await world.run(2 * HOUR);
    const { length } = marketplace.sent('messages');
    expect([length, length <= 5]).toEqual([asked.length, true]);
  });

  test('where reads show other messages: the owner is alerted, and in the end its word is taken', async () => {
    await marketplace.open();
    marketplace.extras = { messages: [] };
    marketplace.answer = ({ what }) => (what === 'messages' ? TAKEN[0] : undefined);
    const id = await marketplace.atWork();
    await world.says(world.line(id, 'QUESTION', 'PDF or DOCX?'));
    await world.run(5 * HOUR);
    expect(await world.events(id)).toContain('operator_required');
    const asked = marketplace.sent('messages');
    expect([asked.length, new Set(asked.map(({ key }) => key)).size]).toEqual([6, 1]);
  });
});

test('files that are taken and never listed are uploaded a few times, under one key, and then their owner is asked', async () => {
  await marketplace.open();
  marketplace.answer = ({ what }) =>
    what === 'artifacts' ? { status: 202, body: { status: 'accepted' } } : undefined;
  const id = await marketplace.atWork();
  world.hiclaw.write(world.task(id), 'notes.txt', 'Three lines, and the sea in each of them.');
  await world.workerDelivers(id, HAIKU);
  await world.run(2 * HOUR);
  const sent = marketplace.sent('artifacts');
  expect([sent.length, new Set(sent.map(({ key }) => key)).size]).toEqual([4, 1]);
  expect(await world.events(id)).toContain('operator_required');
});

describe('a firewall that turns away what goes by REST', () => {
  const PAGE = '<html><h1>Request blocked</h1></html>';
  const TURNED: readonly OtherAnswer[] = [
    ...[400, 401, 403, 406, 413, 415, 451].map((status) => ({ status, body: PAGE })),
    { status: 403, body: { message: 'Forbidden' } },
  ];

  /** With a session that takes everything. */
  async function openWithSession(): Promise<void> {
    await marketplace.open({
      readHiring: async () => {
        marketplace.visits.push('read');
        return Promise.resolve({
          kind: 'found',
          hiring: { ...someHiring(), hiringId: marketplace.id, status: marketplace.status },
        });
      },
      useTool: async (use) => {
        if (use.kind === 'chunk' || use.kind === 'question') return Promise.resolve({ kind: 'missing' });
        marketplace.visits.push(`${use.kind} by mcp`);
        if (use.kind === 'result') marketplace.status = 'completed';
        if (use.kind === 'failure') marketplace.status = 'failed';
        return Promise.resolve({
          kind: 'done',
          document: { id: marketplace.id, status: marketplace.status },
        });
      },
      readPrompt: async () => Promise.resolve(undefined),
    });
  }

  test.each(TURNED)('with $status $body: a result goes by the tool, after a read', async (answer) => {
    await openWithSession();
    marketplace.answer = ({ what }) => (what === 'result' ? answer : undefined);
    await world.workerDelivers(await marketplace.atWork(), HAIKU);
    await world.run(MINUTE);
    const { visits } = marketplace;
    expect(await world.state(marketplace.id)).toBe('completed');
    expect(visits.slice(visits.indexOf('result by rest'))).toEqual([
      'result by rest',
      'read',
      'result by mcp',
    ]);
  });

  test.each([
    ['QUESTION', ['messages by rest', 'read', 'message by mcp']],
    ['BLOCKED', ['failure by rest', 'read', 'failure by mcp']],
  ])('with 403: what comes of a %s goes by the tool, after a read', async (marker, expected) => {
    await openWithSession();
    marketplace.answer = () => ({ status: 403, body: PAGE });
    const id = await marketplace.atWork();
    await world.says(world.line(id, marker, 'there is no such file, which one is meant?'));
    await world.run(5 * MINUTE);
    const { visits } = marketplace;
    const from = visits.findIndex((visit) => visit.endsWith('by rest'));
    expect(visits.slice(from, from + 3)).toEqual(expected);
    expect(visits.filter((visit) => visit !== 'read')).toHaveLength(2);
  });

  test('with 403 for reads, too: the session is asked', async () => {
    await openWithSession();
    marketplace.answer = () => ({ status: 403, body: PAGE });
    marketplace.readAnswer = { status: 403, body: PAGE };
    await world.workerDelivers(await marketplace.atWork(), HAIKU);
    await world.run(MINUTE);
    expect(await world.state(marketplace.id)).toBe('completed');
  });

  test('with 403 and no session: it is sent again under the same key, and paid once that is over', async () => {
    await marketplace.open();
    const untilMs = world.nowMs + HOUR;
    marketplace.answer = () => (world.nowMs < untilMs ? { status: 403, body: PAGE } : undefined);
    await world.workerDelivers(await marketplace.atWork(), HAIKU);
    await world.run(HOUR + 10 * MINUTE);
    const keys = marketplace.sent('result').map(({ key }) => key);
    expect([await world.state(marketplace.id), new Set(keys).size]).toEqual(['completed', 1]);
  });
});
