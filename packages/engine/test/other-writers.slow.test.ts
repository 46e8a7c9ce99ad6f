import {
  commandStep,
  DEFAULT_POLICY,
  versionOf,
  type HiringId,
  attentionTexts,
} from '@agrenting-hiclaw/core/domain';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, REPORT_TO, World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\nsalt on the window';
const FOREIGN = 'An answer of another worker, who was not hired for this\nand would like to be paid for it';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.close();
});

const reasonOf = async (id: HiringId) => (await world.record(id)).attempt?.progress.attention?.reason;
const settled = (): string => world.marketplace.arrived.map(({ body }) => body).join('\n');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const says = async (text: string): Promise<void> =>
  await world.hiclaw.showActivity(alice, { kind: 'message', text });

/** The operator tells the hiring to do something. */
async function command(id: HiringId, kind: 'approve' | 'restart' | 'hold'): Promise<void> {
  const [claim] = await world.store.hirings.claim({
    holder: 'operator',
    nowMs: world.nowMs + HOUR,
    leaseMs: 1_000,
    limit: 1,
  });
  if (claim?.record.hiringId !== id) throw new Error('another hiring is due');
  const made = commandStep(claim.record, { kind, version: versionOf(claim.record) }, world.nowMs);
  if (made.kind !== 'step') throw new Error(`${kind} is ${made.kind}`);
  await world.store.hirings.commit(claim, made.step, world.nowMs);
}

describe('a result of a hiring whose worker shows no activity', () => {
  test('is notified again, waits for the operator, and its yes settles what it saw', async () => {
    const id = await world.hire();
    await world.run();
    world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');
    await world.run(30 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect(await reasonOf(id)).toEqual({ code: 'result_without_activity' });
    expect(world.hiclaw.messages).toHaveLength(4);
    expect(settled()).toBe('');
    await command(id, 'approve');
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(settled()).toContain('An answer of another worker');
  });

  test('is refunded shortly before the deadline', async () => {
    const id = await world.hire();
    await world.run();
    world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
    await world.run(6 * HOUR);
    expect(await world.state(id)).toBe('failed');
    expect(settled()).not.toContain('another worker');
  });

  test.each(['BLOCKED: no network here', 'QUESTION: what is your address?'])(
    'decides nothing by what it says either: %s',
    async (text) => {
      const id = await world.hire();
      await world.run();
      world.hiclaw.write(world.task(id), 'result.md', text);
      await world.run(30 * MINUTE);
      expect(await world.state(id)).toBe('attention');
      expect(await reasonOf(id)).toEqual({ code: 'result_without_activity' });
    },
  );

  test('is not made its own by other traces in storage', async () => {
    const id = await world.hire();
    await world.run();
    const inspect = world.hiclaw.inspect.bind(world.hiclaw);
    world.hiclaw.inspect = async (task, expected) => ({
      ...(await inspect(task, expected)),
      metaStatus: 'submitted',
      session: 'agents/alice/sessions/x.json 1',
    });
    world.hiclaw.write(world.task(id), 'plan.md', '- [x] all');
    world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');
  });
});

describe('a result that lay there before the worker came', () => {
  test('is not made its own by the worker coming, nor by its saying that it is done', async () => {
    const id = await world.hire();
    await world.run();
    world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
    await world.run(MINUTE);
    await world.workerReads();
    await says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - it was there already`);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect(await reasonOf(id)).toEqual({ code: 'result_without_activity' });
    await world.workerDelivers(id, HAIKU);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(settled()).toContain('salt on the window');
    expect(settled()).not.toContain('another worker');
  });

  test('is not made its own by what the worker did while the storage was slow to show it', async () => {
    const id = await world.hire();
    await world.run();
    world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
    const inspect = world.hiclaw.inspect.bind(world.hiclaw);
    let slow = true;
    world.hiclaw.inspect = async (...asked) => {
      const folder = await inspect(...asked);
      if (!slow) return folder;
      slow = false;
      world.nowMs += 2_000;
      await world.workerReads();
      world.nowMs += 22_000;
      return folder;
    };
    await world.run(MINUTE);
    expect(slow).toBe(false);
    await says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - it was there already`);
    await world.run(5 * MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'result_without_activity' });
  });

  test('holds the files beside it alike: only its owner lets them go, or the worker writes them again', async () => {
    const id = await world.hire();
    await world.run();
    world.hiclaw.write(world.task(id), 'extra.md', FOREIGN);
    await world.run(MINUTE);
    await world.workerReads();
    await world.run(MINUTE);
    await world.workerDelivers(id, HAIKU);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect(await reasonOf(id)).toEqual({ code: 'files_planted', names: ['extra.md'] });
    expect(world.marketplace.uploads).toEqual([]);
    world.hiclaw.write(world.task(id), 'extra.md', 'The same haiku with notes by its author');
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('holds what lies there where there is too much to tell it apart', async () => {
    const id = await world.hire();
    await world.run();
    for (let number = 0; number < 600; number += 1) {
      world.hiclaw.write(world.task(id), `a/${number}.md`, FOREIGN);
    }
    world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
    await world.run(MINUTE);
    await world.workerReads();
    await world.workerDelivers(id, HAIKU);
    await world.run(5 * MINUTE);
    expect([await world.state(id), settled()]).toEqual(['attention', '']);
  });

  test('is taken where the worker was seen late and had come before: the rooms were not heard for a while', async () => {
    const id = await world.hire();
    await world.run();
    const cameAtMs = world.nowMs + 1_000;
    world.nowMs += 30_000;
    world.hiclaw.write(world.task(id), 'result.md', HAIKU);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');
    const event = { kind: 'message', eventId: '$early', text: 'Received.' } as const;
    await world.store.activities.record(
      '@agrenting:x',
      'late',
      [{ ...event, roomId: alice.roomId, userId: alice.userId, atMs: cameAtMs }],
      world.nowMs,
    );
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });
});

describe('a task folder that somebody else wrote into before the worker was told', () => {
  test('is given up for one that nobody knows', async () => {
    const id = await world.hire();
    world.hiclaw.planted.set(world.task(id), ['result.md']);
    await world.run();
    expect(await world.state(id)).toBe('sent');
    expect((await world.record(id)).attempt?.taskId).toBe(world.task(id, 1, 1));
    expect(world.hiclaw.messages.map(({ taskId }) => taskId)).toEqual([world.task(id, 1, 1)]);
    expect(await world.events(id)).toEqual(['confirmed', 'folder_given_up', 'staged', 'sent']);
    await world.workerReads();
    await world.workerDelivers(id, HAIKU, world.task(id, 1, 1));
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('is given up as well while it waits for its worker to be free', async () => {
    const [first, second] = [await world.hire(), await world.hire()];
    await world.run();
    expect([await world.state(first), await world.state(second)]).toEqual(['sent', 'staged']);
    world.hiclaw.write(world.task(second), 'result.md', FOREIGN);
    await world.workerReads();
    await world.workerDelivers(first, HAIKU);
    await world.run(MINUTE);
    expect([await world.state(first), await world.state(second)]).toEqual(['completed', 'sent']);
    expect(world.hiclaw.messages.at(-1)?.taskId).toBe(world.task(second, 1, 1));
  });

  test('is given up as well when nothing but its marker hands in an answer', async () => {
    const [first, second] = [await world.hire(), await world.hire()];
    await world.run();
    world.hiclaw.handedIn.add(world.task(second));
    await world.workerReads();
    await world.workerDelivers(first, HAIKU);
    await world.run(MINUTE);
    expect([await world.state(first), await world.state(second)]).toEqual(['completed', 'sent']);
    expect(world.hiclaw.messages.at(-1)?.taskId).toBe(world.task(second, 1, 1));
  });

  test('is for a person when each of them is found', async () => {
    const id = await world.hire();
    for (const renewal of [0, 1, 2, 3]) world.hiclaw.planted.set(world.task(id, 1, renewal), ['result.md']);
    await world.run(HOUR);
    expect(await world.state(id)).toBe('attention');
    expect(await reasonOf(id)).toEqual({ code: 'foreign_objects', names: ['result.md'], formerFolders: 3 });
    expect(world.hiclaw.messages).toEqual([]);
    await command(id, 'restart');
    await world.run(1_000);
    expect(await world.state(id)).toBe('sent');
    expect((await world.record(id)).attempt).toMatchObject({
      taskId: world.task(id, 1, 4),
      progress: { formerTaskIds: [0, 1, 2, 3].map((renewal) => world.task(id, 1, renewal)) },
    });
  });

  test('is kept where the worker was told by a store that is lost', async () => {
    const id = await world.hire();
    await world.run();
    world.hiclaw.answers.set(id, { eventId: '$said', atMs: world.nowMs });
    world.hiclaw.write(world.task(id), 'result.md', HAIKU);
    const rebuilt = new World(world);
    try {
      await rebuilt.ingest(world.marketplace.hiringOf(id), 'poll');
      await rebuilt.run(3 * MINUTE);
      expect(await rebuilt.state(id)).toBe('completed');
      expect(world.hiclaw.messages).toHaveLength(1);
    } finally {
      await rebuilt.close();
    }
  });
});

describe('what we wrote into a task folder, and somebody else changed', () => {
  test.each([
    ['while the worker is silent', async () => undefined],
    ['while the worker is at it', async () => await world.workerReads()],
    [
      'while a person is needed',
      async () => await says(`${REPORT_TO} QUESTION: which key? ghp_abcdefghijklmnopqrstuvwxyz0123456789`),
    ],
  ])(
    '%s, holds the hiring: nothing is taken, and nobody is notified of that folder again',
    async (_, before) => {
      const id = await world.hire();
      await world.run();
      await before();
      await world.run(15_000);
      world.hiclaw.meddle(world.task(id), 'spec.md');
      await world.run(2 * MINUTE);
      expect(await reasonOf(id)).toEqual({ code: 'own_objects_changed', names: ['spec.md'] });
      const told = world.hiclaw.messages.length;
      await world.workerDelivers(id, FOREIGN);
      await world.run(HOUR);
      expect(await world.state(id)).toBe('attention');
      expect(world.hiclaw.messages).toHaveLength(told);
      expect(settled()).toBe('');

      await command(id, 'restart');
      await world.run(1_000);
      const renewed = world.task(id, 1, 1);
      expect(await world.state(id)).toBe('sent');
      expect(world.hiclaw.messages.slice(told).map(({ taskId, purpose }) => [taskId, purpose])).toEqual([
        [world.task(id), 'stop'],
        [renewed, 'assignment'],
      ]);
      await world.workerReads();
      await world.workerDelivers(id, HAIKU, renewed);
      await world.run(MINUTE);
      expect(await world.state(id)).toBe('completed');
      expect(settled()).toContain('salt on the window');
    },
  );

  test.each<[string, boolean, 'approve' | 'restart', boolean]>([
    ['a yes to what was held by hand', true, 'approve', false],
    ['handing it over again', false, 'restart', false],
    ['handing it over again, of a twin', false, 'restart', true],
  ])('is not written over by %s: the proof of it stays', async (_, isHeld, kind, isTwin) => {
    const id = await world.hire();
    await world.run();
    if (isHeld) await command(id, 'hold');
    else await world.run(30 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    world.hiclaw.meddle(world.task(id), 'spec.md', isTwin);
    await command(id, kind);
    await world.run(1_000);
    expect(await reasonOf(id)).toEqual({ code: 'own_objects_changed', names: ['spec.md'] });
    await world.workerReads();
    await world.workerDelivers(id, FOREIGN);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect(settled()).toBe('');
  });

  test.each(['spec.md', 'context.md'])('is noticed while its result is read: %s', async (name) => {
    const { storage } = world.ports;
    const collect = storage.collect.bind(storage);
    let isMeddled = false;
    storage.collect = async (taskId) => {
      if (!isMeddled) world.hiclaw.meddle(taskId, name);
      isMeddled = true;
      return await collect(taskId);
    };
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.workerDelivers(id, HAIKU);
    await world.run(5 * MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'own_objects_changed', names: [name] });
    expect(settled()).toBe('');
  });

  test('is noticed while its owner holds it', async () => {
    const id = await world.hire();
    await world.run();
    await command(id, 'hold');
    world.hiclaw.meddle(world.task(id), 'spec.md');
    await world.run(5 * MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'own_objects_changed', names: ['spec.md'] });
  });

  test('is written over where nobody was told of it yet', async () => {
    const id = await world.hire();
    world.hiclaw.readiness.push({ kind: 'starting', waitMs: HOUR });
    await world.run();
    expect(await world.state(id)).toBe('staged');
    await command(id, 'hold');
    world.hiclaw.meddle(world.task(id), 'spec.md');
    await command(id, 'approve');
    await world.run(1_000);
    expect(await world.state(id)).toBe('sent');
    expect(world.hiclaw.messages.map(({ taskId }) => taskId)).toEqual([world.task(id)]);
  });

  test('is refunded before the deadline when nobody decides', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    world.hiclaw.meddle(world.task(id), 'spec.md');
    await world.run(6 * HOUR);
    expect(await world.state(id)).toBe('failed');
  });

  test('is found by its content where version and size are the same', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    world.hiclaw.meddle(world.task(id), 'spec.md', true);
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'own_objects_changed', names: ['spec.md'] });
    expect(settled()).toBe('');
  });
});

describe("the SHA-256 in the worker's report", () => {
  const reports = async (id: HiringId, digest: string): Promise<void> =>
    await says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - a haiku (sha256=${digest})`);

  test('is that of the result: it is paid', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    world.hiclaw.write(world.task(id), 'result.md', HAIKU);
    await reports(id, sha256(HAIKU));
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('is that of another one: it is held, until the worker reports what lies there, or its owner says yes', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
    await reports(id, sha256(HAIKU));
    await world.run(MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'result_digest_mismatch', reported: [sha256(HAIKU)] });
    world.hiclaw.write(world.task(id), 'result.md', HAIKU);
    await world.run(MINUTE);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(settled()).not.toContain('another worker');
  });

  test.each(['BLOCKED: that agent is a fraud', 'QUESTION: what is your address?'])(
    'is that of another one than what refuses or asks there: nobody is refunded or asked (%s)',
    async (text) => {
      const id = await world.hire();
      await world.run();
      await world.workerReads();
      await reports(id, sha256(HAIKU));
      world.hiclaw.write(world.task(id), 'result.md', text);
      await world.run(5 * MINUTE);
      expect(await reasonOf(id)).toEqual({ code: 'result_digest_mismatch', reported: [sha256(HAIKU)] });
      expect([settled(), world.marketplace.told]).toEqual(['', []]);
    },
  );

  test('may come after the result that it names was held', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    world.hiclaw.write(world.task(id), 'result.md', HAIKU);
    await reports(id, sha256('an older version'));
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('attention');
    await reports(id, sha256(HAIKU));
    await world.run(2 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('is waited for where the owner wants that', async () => {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, resultDigest: 'required' }) };
    const [id, other] = [await world.hire(), await world.hire()];
    await world.run();
    await world.workerReads();
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE);
    expect(['sent', 'acknowledged']).toContain(await world.state(id));
    await reports(id, sha256(HAIKU));
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    await world.workerReads();
    await world.workerDelivers(other, HAIKU);
    await world.run(2 * HOUR);
    expect(await reasonOf(other)).toEqual({ code: 'result_not_reported' });
  });
});

describe.each(['optional', 'required'] as const)('a report of a SHA-256 (%s)', (resultDigest) => {
  const hex = sha256(HAIKU);
  const other = sha256('a file of the worker');

  /** A worker delivers, and reports so behind "TASK_COMPLETED: <task> - a haiku". */
  async function reporting(words: string): Promise<HiringId> {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, resultDigest }) };
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.workerDelivers(id, HAIKU);
    await says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - a haiku${words}`);
    await world.run(5 * MINUTE);
    return id;
  }

  test.each([
    ['in capitals', ` (sha256=${hex.toUpperCase()})`],
    ['with the prefix of a digest', ` (sha256=sha256:${hex})`],
    ['in bold', ` **sha256**: **${hex}**`],
    ['in code marks', ` (sha256=\`${hex}\`)`],
    ['as sha256sum prints it', `\n${hex}  result.md`],
    ['as sha256sum --tag prints it', `\nSHA256 (result.md) = ${hex}`],
    ['in a code block, with those of files', `\n\`\`\`\n${other}  notes.md\n${hex}  result.md\n\`\`\``],
    ['in Base64', ` (sha256-${Buffer.from(hex, 'hex').toString('base64')})`],
    ['over two lines', ` (sha256=${hex.slice(0, 40)}\n${hex.slice(40)})`],
    ['with a line end that the result lacks', ` (sha256=${sha256(`${HAIKU}\n`)})`],
  ])('is read %s', async (_, words) => {
    expect(await world.state(await reporting(words))).toBe('completed');
  });

  test.each([
    ['another one', ` (sha256=${other})`, [other]],
    ['several', ` sha256=${hex} sha256=${other}`, [hex, other]],
    ['several for result.md', `\n${hex}  result.md\n${other}  result.md`, [hex, other]],
    ['another one, and this for another file', `\n${other}  result.md\n${hex}  notes.md`, [other]],
  ])('holds the result and says what was named where it is %s', async (_, words, reported) => {
    const id = await reporting(words);
    expect(await reasonOf(id)).toEqual({ code: 'result_digest_mismatch', reported });
    const why = attentionTexts(await world.record(id))?.why;
    for (const named of reported) expect(why).toContain(named);
    expect(settled()).toBe('');
    await says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - a haiku (sha256=${hex})`);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });
});

test.each([
  ['malformed', ` (sha256=${sha256(HAIKU).slice(1)})`],
  ['unlabelled', ` of transaction ${sha256(HAIKU)}`],
  ['other_files', `\n${sha256(HAIKU)}  notes.md`],
])('a report whose SHA-256 is %s is none, and what was seen is said', async (unread, words) => {
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, resultDigest: 'required' }) };
  const id = await world.hire();
  await world.run();
  await world.workerReads();
  await world.workerDelivers(id, HAIKU);
  await says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - a haiku${words}`);
  await world.run(2 * HOUR);
  expect(await reasonOf(id)).toEqual({ code: 'result_not_reported', unread });
  expect(settled()).toBe('');
});

describe('the SHA-256 of each file in the result', () => {
  const FILE = 'The whole report, page by page';
  const answerWith = (names: Readonly<Record<string, string>>): string =>
    [HAIKU, '', ...Object.entries(names).map(([name, text]) => `${sha256(text)}  ${name}`)].join('\n');

  /** The worker writes its files and its answer, and reports the SHA-256 of that. */
  async function deliver(
    id: HiringId,
    files: Readonly<Record<string, string>>,
    answer = answerWith(files),
  ): Promise<void> {
    for (const [name, text] of Object.entries(files)) world.hiclaw.write(world.task(id), name, text);
    world.hiclaw.write(world.task(id), 'result.md', answer);
    await says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - a report (sha256=${sha256(answer)})`);
  }

  async function atWork(resultDigest: 'optional' | 'required'): Promise<HiringId> {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, resultDigest }) };
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.run(MINUTE);
    return id;
  }

  test.each(['optional', 'required'] as const)(
    'is that of the file: it is delivered (%s)',
    async (digest) => {
      const id = await atWork(digest);
      await deliver(id, { 'report.md': FILE, 'data.csv': 'a,b' });
      await world.run(5 * MINUTE);
      expect(await world.state(id)).toBe('completed');
      expect(world.marketplace.uploads.flat()).toHaveLength(2);
    },
  );

  test.each(['optional', 'required'] as const)(
    'is that of another file: it is held, and its owner may let it go (%s)',
    async (digest) => {
      const id = await atWork(digest);
      await deliver(id, { 'report.md': FILE });
      world.hiclaw.write(world.task(id), 'report.md', FOREIGN);
      await world.run(5 * MINUTE);
      expect(await reasonOf(id)).toEqual({ code: 'file_digest_mismatch', names: ['report.md'] });
      expect([world.marketplace.uploads, settled()]).toEqual([[], '']);
      world.hiclaw.write(world.task(id), 'report.md', FILE);
      await world.run(5 * MINUTE);
      expect(await world.state(id)).toBe('completed');
    },
  );

  test('is missing for a file that somebody added: it is held where the owner wants that', async () => {
    const id = await atWork('required');
    await deliver(id, { 'report.md': FILE });
    world.hiclaw.write(world.task(id), 'extra.md', FOREIGN);
    await world.run(5 * MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'files_not_reported', names: ['extra.md'] });
    expect([world.marketplace.uploads, settled()]).toEqual([[], '']);
    await command(id, 'approve');
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('is not that of a file of another name: two that are exchanged are held', async () => {
    const id = await atWork('required');
    await deliver(id, { 'a.md': FILE, 'b.md': HAIKU });
    world.hiclaw.write(world.task(id), 'a.md', HAIKU);
    world.hiclaw.write(world.task(id), 'b.md', FILE);
    await world.run(5 * MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'file_digest_mismatch', names: ['a.md', 'b.md'] });
  });

  test('is named for a file that is not there: it is held until the file comes', async () => {
    const id = await atWork('optional');
    await deliver(id, {}, `${HAIKU}\n- report.md`);
    await world.run(5 * MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'files_missing', names: ['report.md'] });
    expect([world.marketplace.uploads, settled()]).toEqual([[], '']);
    world.hiclaw.write(world.task(id), 'report.md', FILE);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(world.marketplace.uploads.flat()).toHaveLength(1);
  });

  test('is not asked for where there are no files', async () => {
    const id = await atWork('required');
    await deliver(id, {});
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });
});

describe('a worker that says it is blocked', () => {
  const blocked = async (id: HiringId): Promise<void> =>
    await says(`${REPORT_TO} BLOCKED: ${world.task(id)} - no network here`);
  const completed = async (id: HiringId): Promise<void> =>
    await says(`${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - a haiku`);

  async function atWork(): Promise<HiringId> {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.run(MINUTE);
    return id;
  }

  test.each<[string, (id: HiringId) => Promise<void>]>([
    [
      'in the same look',
      async (id) => {
        await blocked(id);
        world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
      },
    ],
    [
      'a moment before',
      async (id) => {
        world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
        await world.run(1_000);
        await blocked(id);
      },
    ],
    [
      'while a person is needed',
      async (id) => {
        await says(`${REPORT_TO} QUESTION: which key? ghp_abcdefghijklmnopqrstuvwxyz0123456789`);
        await world.run(MINUTE);
        await blocked(id);
        await world.run(MINUTE);
        world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
      },
    ],
    [
      'after it had reported the task as completed',
      async (id) => {
        await completed(id);
        await blocked(id);
        world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
      },
    ],
  ])('is not paid for a result that appears %s, until it reports one itself', async (_, happens) => {
    const id = await atWork();
    await happens(id);
    await world.run(5 * MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'result_while_blocked' });
    expect(settled()).toBe('');
    world.hiclaw.write(world.task(id), 'result.md', HAIKU);
    await world.run(5 * MINUTE);
    expect(await reasonOf(id)).toEqual({ code: 'result_while_blocked' });
    await completed(id);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(settled()).toContain('salt on the window');
  });

  test('may have said so in the folder, too: the hirer is refunded', async () => {
    const id = await atWork();
    await blocked(id);
    world.hiclaw.write(world.task(id), 'result.md', 'BLOCKED: no network here');
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('failed');
  });

  test.each<[string, (id: HiringId) => Promise<void>]>([
    [
      'a result lies there that is gone by the next look',
      async (id) => {
        world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
        await world.run(1_000);
        world.hiclaw.remove(world.task(id), 'result.md');
      },
    ],
    [
      'nobody can look into its folder',
      async () => {
        world.hiclaw.storageFault = 'planted';
        await world.run(MINUTE);
        world.hiclaw.storageFault = undefined;
      },
    ],
  ])('is believed although %s', async (_, happens) => {
    const id = await atWork();
    await blocked(id);
    await happens(id);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('failed');
    expect(settled()).toContain('no network here');
  });

  test('and then asks is not reported as failed for it', async () => {
    const id = await atWork();
    await blocked(id);
    await says(`${REPORT_TO} QUESTION: ${world.task(id)} - which season?`);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('acknowledged');
  });

  test('is another matter once it is handed over again', async () => {
    const id = await atWork();
    await blocked(id);
    world.hiclaw.write(world.task(id), 'result.md', FOREIGN);
    await world.run(5 * MINUTE);
    await command(id, 'restart');
    await world.run(MINUTE);
    expect((await world.record(id)).attempt?.progress.blocked).toBeUndefined();
  });
});
