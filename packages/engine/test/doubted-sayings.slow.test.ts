import type { HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, REPORT_TO, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const ANSWER = 'Grey waves fold and fall\nthe last boats come home empty\nsalt on the window';
const CLOSING = "Let me know if you need anything else. I'll stop here.";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

const assignments = () => world.hiclaw.messages.filter(({ purpose }) => purpose === 'assignment').length;
const failed = async (id: HiringId) => (await world.events(id)).includes('failure_decided');
const told = (kind: string) => world.marketplace.tells.filter((one) => one.kind === kind);

/** What the usual worker says each time that it is notified again. */
function whenNotifiedAgain(answer: () => Promise<void>): void {
  const send = world.hiclaw.send.bind(world.hiclaw);
  world.hiclaw.send = async (message) => {
    const outcome = await send(message);
    if (message.purpose === 'assignment' && message.number > 1) await answer();
    return outcome;
  };
}

/** Edits a message without end, each time with other words at its end. */
async function edits(text: string, everyMs: number, forMs: number): Promise<void> {
  const endMs = world.nowMs + forMs;
  await world.says(text, '$edited');
  for (let count = 1; world.nowMs < endMs; count += 1) {
    await world.run(everyMs);
    const edit = {
      text: `${text} ${'.'.repeat(count % 50)}`,
      eventId: `$edit${world.nowMs}`,
      replacesEventId: '$edited',
    };
    await world.hiclaw.showActivity(alice, { kind: 'message', ...edit });
  }
  await world.run(SECOND);
}

describe.each([
  ['at once', 3 * SECOND],
  ['later', 20 * SECOND],
])('a worker that says it is blocked, and closes its turn %s', (_, waitMs) => {
  async function closes(): Promise<HiringId> {
    const id = await world.atWork();
    await world.says(world.line(id, 'BLOCKED', 'no key'));
    await world.run(waitMs);
    await world.says(CLOSING);
    return id;
  }

  test('is notified once more in the same time where a clock was ahead when it said so, and is set right', async () => {
    world.nowMs += 2 * HOUR;
    const id = await closes();
    await world.run(MINUTE);
    world.nowMs -= 2 * HOUR;
    await world.run(3 * MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['sent', 2]);
    await world.run(3 * MINUTE);
    expect(await world.attentionOf(id)).toMatchObject({
      reason: { code: 'blocked_in_doubt' },
      quote: 'no key',
    });
  });

  test('is notified once more, and then its operator is asked', async () => {
    const id = await closes();
    await world.run(MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['acknowledged', 1]);
    await world.run(2 * MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['sent', 2]);
    await world.run(3 * MINUTE);
    const attention = await world.attentionOf(id);
    expect([await world.state(id), assignments()]).toEqual(['attention', 2]);
    expect(attention).toMatchObject({ reason: { code: 'blocked_in_doubt' }, quote: 'no key' });
    await world.run(2 * HOUR);
    expect(await failed(id)).toBe(false);
  });

  test('and says it again in the same way: is blocked', async () => {
    const id = await closes();
    whenNotifiedAgain(async () => {
      await world.says(world.line(id, 'BLOCKED', 'still no key'));
      await world.says(CLOSING);
    });
    await world.run(10 * MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['failed', 2]);
  });

  test('and answers in other words: its operator is asked', async () => {
    const id = await closes();
    whenNotifiedAgain(async () => await world.says('As I said, I need the key of the page.'));
    await world.run(10 * MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['attention', 2]);
    await world.says(world.line(id, 'BLOCKED', 'no key'));
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('failed');
  });

  test.each(['PROGRESS', 'QUESTION', 'TASK_COMPLETED'])('and then says %s: is none', async (marker) => {
    const id = await closes();
    await world.run(MINUTE);
    await world.says(world.line(id, marker, 'which of the two pages is the right one?'));
    await world.run(10 * MINUTE);
    const { unclear } = (await world.record(id)).attempt?.progress ?? {};
    expect([unclear, await failed(id)]).toEqual([undefined, false]);
    expect((await world.attentionOf(id))?.reason.code).not.toBe('blocked_in_doubt');
  });

  test('and delivers after that: is paid', async () => {
    const id = await closes();
    await world.run(MINUTE);
    world.hiclaw.write(world.task(id), 'result.md', ANSWER);
    await world.run(3 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('and delivers once its operator was asked: is paid', async () => {
    const id = await closes();
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    await world.workerDelivers(id, ANSWER);
    await world.run(2 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('beside what it wrote before: that is held', async () => {
    const id = await world.atWork();
    world.hiclaw.write(world.task(id), 'result.md', ANSWER);
    await world.says(world.line(id, 'BLOCKED', 'no key'));
    await world.run(waitMs);
    await world.says(CLOSING);
    await world.run(2 * MINUTE);
    expect((await world.attentionOf(id))?.reason.code).toBe('result_while_blocked');
  });

  test('and types on: is left to work for a while', async () => {
    const id = await closes();
    for (let minute = 0; minute < 60; minute += 1) {
      await world.hiclaw.showActivity(alice, { kind: 'typing' });
      await world.run(MINUTE);
    }
    expect([await world.state(id), assignments()]).toEqual(['acknowledged', 1]);
  });

  test('and talks on without an end: is notified once more all the same', async () => {
    const id = await closes();
    for (let minute = 0; minute < 45; minute += 1) {
      await world.says(`I look into part ${minute}.`);
      await world.run(MINUTE);
    }
    expect([await world.state(id), assignments()]).toEqual(['attention', 2]);
  });
});

describe.each([
  'rate limit of the API, retrying in five minutes',
  'waiting for the build to finish, then I will continue',
  'no key\n\nFound it in the other folder, going on.',
])('a worker that says it is blocked, and goes on: %j', (words) => {
  test('is paid for what it delivers', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'BLOCKED', words));
    await world.run(4 * MINUTE);
    await world.workerDelivers(id, ANSWER);
    await world.run(2 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('is blocked once it says so again', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'BLOCKED', words));
    whenNotifiedAgain(async () => await world.says(world.line(id, 'BLOCKED', words)));
    await world.run(10 * MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['failed', 2]);
  });
});

test('a message that its runtime takes back does not make a BLOCKED doubtful', async () => {
  const id = await world.atWork();
  await world.says('Thinking…', '$thinks');
  await world.says(world.line(id, 'BLOCKED', 'no key'));
  await world.run(SECOND);
  await world.hiclaw.showActivity(alice, { kind: 'message', eventId: '$gone', replacesEventId: '$thinks' });
  await world.says('NO_REPLY');
  await world.run(MINUTE);
  expect(await world.state(id)).toBe('failed');
});

describe('what is edited without an end counts all the same', () => {
  test.each([
    ['each second', SECOND],
    ['each 20 s', 20 * SECOND],
  ])('BLOCKED, %s', async (_, everyMs) => {
    const id = await world.atWork();
    await edits(world.line(id, 'BLOCKED', 'no access to the page'), everyMs, 6 * MINUTE);
    expect(await failed(id)).toBe(true);
  });

  test.each([
    ['QUESTION', 'question'],
    ['PROGRESS', 'progress'],
  ])('%s, and is no other one each time', async (marker, kind) => {
    const id = await world.atWork();
    await edits(world.line(id, marker, 'is it the north sea?'), SECOND, 20 * MINUTE);
    const { length } = told(kind);
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(3);
  });

  test('a BLOCKED that is in doubt', async () => {
    const id = await world.atWork();
    await edits(world.line(id, 'BLOCKED', 'mambo poa'), 5 * SECOND, 45 * MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['attention', 2]);
  });
});

describe('a report that is edited after it counted', () => {
  test('is the same report', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'PROGRESS', 'the first page'), '$report');
    for (let count = 1; count <= 25; count += 1) {
      await world.run(MINUTE);
      const text = world.line(id, 'PROGRESS', `the first page, ${count} lines`);
      await world.hiclaw.showActivity(alice, { kind: 'message', text, replacesEventId: '$report' });
    }
    await world.run(MINUTE);
    await world.says(world.line(id, 'PROGRESS', 'the second page'));
    await world.run(MINUTE);
    expect(told('progress').map(({ text }) => text)).toEqual(['the first page', 'the second page']);
  });

  test('before the client was told: is reported in its newest words', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'PROGRESS', 'one'), '$one');
    await world.says(world.line(id, 'PROGRESS', 'two'), '$two');
    await world.run(8 * SECOND);
    await world.hiclaw.showActivity(alice, {
      kind: 'message',
      text: world.line(id, 'PROGRESS', 'two, and a half'),
      replacesEventId: '$two',
    });
    await world.run(MINUTE);
    const texts = told('progress').map(({ text }) => text);
    expect(texts[0]).toBe('one');
    expect(texts).toHaveLength(2);
  });

  test('a question with more to it is asked once more, and no more often', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'QUESTION', 'which of'), '$asks');
    for (let count = 1; count <= 5; count += 1) {
      await world.run(MINUTE);
      const text = world.line(id, 'QUESTION', `which of the two seas? ${'?'.repeat(count)}`);
      await world.hiclaw.showActivity(alice, { kind: 'message', text, replacesEventId: '$asks' });
    }
    await world.run(MINUTE);
    expect(told('question').map(({ text }) => text)).toEqual(['which of', 'which of the two seas? ?']);
    const keys = told('question').map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(2);
    expect(await world.state(id)).toBe('acknowledged');
  });
});

describe('short words that nobody knows', () => {
  test('behind BLOCKED: refund nobody, however often they are said', async () => {
    const id = await world.atWork();
    whenNotifiedAgain(async () => await world.says(world.line(id, 'BLOCKED', 'mambo poa')));
    await world.says(world.line(id, 'BLOCKED', 'mambo poa'));
    await world.run(HOUR);
    expect([await world.state(id), await failed(id), assignments()]).toEqual(['attention', false, 2]);
    expect((await world.attentionOf(id))?.reason.code).toBe('blocked_in_doubt');
    await world.workerDelivers(id, ANSWER);
    await world.run(2 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('behind BLOCKED: and then a reason is said', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'BLOCKED', 'mambo poa'));
    whenNotifiedAgain(
      async () => await world.says(world.line(id, 'BLOCKED', 'The page asks for a password that I lack')),
    );
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('failed');
  });

  test('behind QUESTION: ask no client', async () => {
    const id = await world.atWork();
    await world.says(world.line(id, 'QUESTION', 'mambo poa'));
    await world.run(HOUR);
    expect([told('question'), await world.state(id), assignments()]).toEqual([[], 'attention', 2]);
    expect((await world.attentionOf(id))?.quote).toBe('mambo poa');
  });

  test('beside a report of progress: mean nothing', async () => {
    const id = await world.atWork();
    await world.says(
      [
        world.line(id, 'PROGRESS', 'half of it'),
        world.line(id, 'BLOCKED', 'mambo poa'),
        world.line(id, 'QUESTION', 'mambo poa'),
      ].join('\n'),
    );
    await world.run(10 * MINUTE);
    expect([await world.state(id), assignments()]).toEqual(['acknowledged', 1]);
    expect(told('progress').map(({ text }) => text)).toEqual(['half of it']);
  });
});

test.each([
  'ninguno',
  'Блокеров нет',
  'なし',
  'tidak ada',
  'không có',
  'ไม่มี',
  'hakuna',
  '없음',
  'कोई नहीं',
  'لا يوجد',
  'brak',
  'sin bloqueos',
  'yok',
  '✅',
])('BLOCKED and QUESTION with %s in their place are none', async (words) => {
  const id = await world.atWork();
  await world.says(`${world.line(id, 'BLOCKED', words)}\n${world.line(id, 'QUESTION', words)}`);
  await world.run(10 * MINUTE);
  expect([await world.state(id), assignments(), world.marketplace.tells]).toEqual(['acknowledged', 1, []]);
});

describe('a BLOCKED without a task id in a room that hirings share', () => {
  test('said late about the hiring before does not refund the next one', async () => {
    const first = await world.atWork();
    await world.workerDelivers(first, 'Grey waves fold and fall, the last boats come home');
    await world.says(world.line(first, 'TASK_COMPLETED', 'done'));
    await world.run(MINUTE);
    const next = await world.hire();
    await world.run(MINUTE);
    await world.says(`${REPORT_TO} BLOCKED: I could not open the second link, so I left it out`);
    await world.run(2 * MINUTE);
    expect([await world.state(first), await world.state(next)]).not.toContain('failed');
  });
});
