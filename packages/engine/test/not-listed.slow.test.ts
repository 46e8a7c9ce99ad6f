import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HttpMarketplace, type OtherAnswer } from './http-marketplace.ts';
import { World } from './world.ts';

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

type Answered = readonly [string, OtherAnswer];

/** How a marketplace may say that it has files, without an id for each. */
const WITHOUT_IDS: readonly [Answered, ...Answered[]] = [
  ['names alone', { status: 201, body: { data: { artifacts: [{ name: 'a.txt' }, { name: 'b.txt' }] } } }],
  ['an id of one', { status: 201, body: { data: [{ id: 'artifact a.txt', name: 'a.txt' }] } }],
  ['other names', { status: 200, body: { items: [{ key: 'a.txt' }, { key: 'b.txt' }] } }],
];
/** How it may say that it will. */
const QUEUED: readonly (readonly [string, OtherAnswer])[] = [
  ['a queue', { status: 202, body: { status: 'accepted' } }],
  ['an empty list', { status: 201, body: { data: { artifacts: [] } } }],
  ['nothing', { status: 204, body: '' }],
];

/** The worker delivers two files; they are listed `lagMs` after their first upload. */
async function deliver(answer: OtherAnswer, lagMs: number, forMs = lagMs + HOUR): Promise<void> {
  let atMs = 0;
  await marketplace.open();
  marketplace.answer = ({ what }) => {
    if (what !== 'artifacts') return undefined;
    atMs ||= world.nowMs;
    return answer;
  };
  const id = await marketplace.atWork();
  for (const name of ['a.txt', 'b.txt']) world.hiclaw.write(world.task(id), name, `${name}: the sea.`);
  await world.workerDelivers(id, HAIKU);
  for (let minute = 0; minute < forMs / MINUTE; minute += 1) {
    if (atMs > 0 && world.nowMs - atMs >= lagMs && marketplace.artifacts.length === 0) {
      marketplace.artifacts.push(...['a.txt', 'b.txt'].map((name) => ({ id: `artifact ${name}`, name })));
    }
    await world.run(MINUTE);
  }
}

describe('files that the marketplace says to have, and does not list', () => {
  test.each(WITHOUT_IDS)(
    'are uploaded once, and looked for until it does: an answer with %s',
    async (_, answer) => {
      await deliver(answer, 25 * MINUTE);
      expect([await world.state(marketplace.id), marketplace.sent('artifacts').length]).toEqual([
        'completed',
        1,
      ]);
      expect(marketplace.sent('result').at(-1)?.body).toContain(
        '"artifacts":["artifact a.txt","artifact b.txt"]',
      );
    },
  );

  test.each(WITHOUT_IDS)(
    'are uploaded once where it lists one after the other: an answer with %s',
    async (_, answer) => {
      await deliver(answer, Infinity, MINUTE);
      const id = marketplace.id;
      for (const name of ['a.txt', 'b.txt']) {
        marketplace.artifacts.push({ id: `artifact ${name}`, name });
        await world.run(25 * MINUTE);
      }
      expect([await world.state(id), marketplace.sent('artifacts').length]).toEqual(['completed', 1]);
      expect(marketplace.sent('result').at(-1)?.body).toContain(
        '"artifacts":["artifact a.txt","artifact b.txt"]',
      );
    },
  );

  test.each([...WITHOUT_IDS, ...QUEUED])(
    'are listed after hours: their owner is asked meanwhile, and it continues automatically: an answer with %s',
    async (_, answer) => {
      await deliver(answer, 3 * HOUR);
      const most = WITHOUT_IDS.some(([, one]) => one === answer) ? 1 : 4;
      expect(await world.events(marketplace.id)).toContain('operator_required');
      expect(marketplace.sent('artifacts').length).toBeLessThanOrEqual(most);
      expect(await world.state(marketplace.id)).toBe('completed');
    },
  );

  test.each([...WITHOUT_IDS, ...QUEUED])(
    'and never does, are not uploaded again and again: an answer with %s',
    async (_, answer) => {
      await deliver(answer, Infinity, 5 * HOUR);
      const sent = marketplace.sent('artifacts');
      expect([sent.length <= 4, new Set(sent.map(({ key }) => key)).size]).toEqual([true, 1]);
      expect(await world.attentionOf(marketplace.id)).toMatchObject({ approves: 'result' });
      expect(await world.command(marketplace.id, { kind: 'approve' })).toEqual({ kind: 'done' });
      await world.run(MINUTE);
      expect(await world.state(marketplace.id)).toBe('completed');
    },
  );

  test.each([...WITHOUT_IDS.slice(0, 1), ...QUEUED.slice(0, 1)])(
    'are not uploaded again for a result that takes the place of theirs: an answer with %s',
    async (_, answer) => {
      await deliver(answer, Infinity, MINUTE);
      const id = marketplace.id;
      marketplace.answer = ({ what, body }) =>
        what === 'artifacts' && body.includes('c.txt')
          ? { status: 201, body: { data: [{ id: 'artifact c.txt', name: 'c.txt' }] } }
          : undefined;
      world.hiclaw.remove(world.task(id), 'b.txt');
      world.hiclaw.write(world.task(id), 'c.txt', 'c.txt: the sea.');
      await world.workerDelivers(id, `${HAIKU}!`);
      await world.run(20 * MINUTE);
      marketplace.artifacts.push({ id: 'artifact a.txt', name: 'a.txt' });
      await world.run(HOUR);
      const uploaded = marketplace.sent('artifacts').filter(({ body }) => body.includes('a.txt: the sea'));
      expect([await world.state(id), uploaded.length]).toEqual(['completed', 1]);
      expect(marketplace.sent('result').at(-1)?.body).toContain('"artifact a.txt"');
    },
  );

  test.each([
    [
      'by one that has them, too',
      [
        ['a.txt', 'c.txt'],
        ['a.txt', 'd.txt'],
      ],
    ],
    ['by one that has them not, and then by one that has', [['c.txt'], ['a.txt', 'd.txt']]],
    [
      'by one with another file of the name',
      [
        ['A.txt', 'c.txt'],
        ['a.txt', 'd.txt'],
      ],
    ],
  ])('are not uploaded again where their result is replaced twice: %s', async (_, results) => {
    await deliver({ status: 202, body: { status: 'accepted' } }, Infinity, 6 * MINUTE);
    for (const names of results) {
      await changes(names);
      await world.run(6 * MINUTE);
    }
    await world.run(HOUR);
    const uploaded = marketplace.sent('artifacts').filter(({ body }) => body.includes('a.txt: the sea.'));
    expect(uploaded).toHaveLength(1);
  });
});

describe("a file that is listed under a name that may be another's", () => {
  const [, NAMES_ALONE] = WITHOUT_IDS[0];
  const OURS = 'a.txt: another sea.';
  const THEIRS = 'a.txt: the sea.';
  const settled = (): string | undefined => marketplace.sent('result').at(-1)?.body;

  /** Of a first result nobody knows whether it arrived; the worker replaces `a.txt` by another one, which is uploaded. */
  async function replaced(): Promise<void> {
    await deliver({ status: 500, body: '' }, Infinity, 6 * MINUTE);
    marketplace.answer = ({ what }) => (what === 'artifacts' ? NAMES_ALONE : undefined);
    await changes(['A.txt']);
    await world.run(6 * MINUTE);
    expect(marketplace.sent('artifacts').at(-1)?.body).toContain(OURS);
    expect(marketplace.downloads).toEqual([]);
  }

  test('and is of a result that was replaced: the bytes say so', async () => {
    await replaced();
    marketplace.lists('theirs', 'a.txt', THEIRS.padEnd(OURS.length));
    await world.run(20 * MINUTE);
    expect([settled(), marketplace.downloads]).toEqual([undefined, ['theirs']]);
    marketplace.lists('ours', 'a.txt', OURS);
    await world.run(20 * MINUTE);
    expect([settled()?.includes('"artifacts":["ours"]'), await world.state(marketplace.id)]).toEqual([
      true,
      'completed',
    ]);
  });

  test('and has another size: it is not even read', async () => {
    await replaced();
    marketplace.lists('theirs', 'a.txt', THEIRS);
    await world.run(20 * MINUTE);
    marketplace.lists('ours', 'a.txt', OURS);
    await world.run(20 * MINUTE);
    expect([settled()?.includes('"artifacts":["ours"]'), marketplace.downloads]).toEqual([true, ['ours']]);
  });

  test.each<[string, OtherAnswer]>([
    ['there is no such route', { status: 404, body: { errors: [{ code: 'ROUTE_NOT_FOUND' }] } }],
    ['there is no such file', { status: 404, body: { errors: [{ code: 'NOT_FOUND' }] } }],
    ['a portal answers', { status: 200, body: '<html>' }],
    ['a portal answers at length', { status: 200, body: '<html>Please log in here first</html>' }],
    ['it is forbidden', { status: 403, body: { errors: [{ code: 'FORBIDDEN' }] } }],
    ['it fails', { status: 500, body: '' }],
  ])("and cannot be read, because %s: it is nobody's, and its owner is asked", async (_, answer) => {
    await replaced();
    const { length } = marketplace.sent('artifacts');
    marketplace.downloadAnswer = answer;
    marketplace.lists('ours', 'a.txt', OURS);
    await world.run(HOUR);
    expect([settled(), marketplace.sent('artifacts').length - length]).toEqual([undefined, 0]);
    expect(await world.attentionOf(marketplace.id)).toMatchObject({ approves: 'result' });
    marketplace.downloadAnswer = undefined;
    await world.run(HOUR);
    expect(settled()).toContain('"artifacts":["ours"]');
  });

  test('of two with the same bytes either is taken, and nothing else is read', async () => {
    await replaced();
    for (const id of ['one', 'two']) marketplace.lists(id, 'a.txt', OURS);
    await world.run(20 * MINUTE);
    expect([settled()?.includes('"artifacts":["one"]'), marketplace.downloads]).toEqual([true, ['one']]);
  });

  test('and is of an earlier attempt: the bytes say so', async () => {
    marketplace.extras = { trace_attempt: 2 };
    await marketplace.open();
    marketplace.answer = ({ what }) => (what === 'artifacts' ? NAMES_ALONE : undefined);
    await marketplace.atWork();
    world.hiclaw.write(world.task(marketplace.id, 2), 'a.txt', OURS);
    await world.workerDelivers(marketplace.id, HAIKU, world.task(marketplace.id, 2));
    await world.run(MINUTE);
    marketplace.lists('theirs', 'a.txt', THEIRS.padEnd(OURS.length));
    await world.run(20 * MINUTE);
    expect([settled(), marketplace.downloads]).toEqual([undefined, ['theirs']]);
    marketplace.lists('ours', 'a.txt', OURS);
    await world.run(20 * MINUTE);
    expect(settled()).toContain('"artifacts":["ours"]');
  });

  test('and is named in the answer to the upload of another: it is not taken for that', async () => {
    marketplace.extras = { trace_attempt: 2 };
    await marketplace.open();
    marketplace.lists('theirs', 'a.txt', THEIRS);
    marketplace.answer = ({ what }) => {
      if (what !== 'artifacts') return undefined;
      marketplace.lists('ours', 'a.txt', OURS);
      return { status: 201, body: { data: { artifacts: marketplace.artifacts.slice(0, 1) } } };
    };
    await marketplace.atWork();
    world.hiclaw.write(world.task(marketplace.id, 2), 'a.txt', OURS);
    await world.workerDelivers(marketplace.id, HAIKU, world.task(marketplace.id, 2));
    await world.run(MINUTE);
    expect(settled()).toContain('"artifacts":["ours"]');
  });

  test('among more than are read in one step is found', async () => {
    await replaced();
    for (let count = 0; count < 12; count += 1) {
      marketplace.lists(`other ${count}`, 'a.txt', `${count}`.padEnd(OURS.length));
    }
    marketplace.lists('ours', 'a.txt', OURS);
    await world.run(20 * MINUTE);
    expect([settled()?.includes('"artifacts":["ours"]'), marketplace.downloads.length]).toEqual([true, 13]);
  });

  test('is distinguished before the next result is uploaded, too', async () => {
    await replaced();
    const sent = (): number =>
      marketplace.sent('artifacts').filter(({ body }) => body.includes(THEIRS)).length;
    const before = sent();
    await changes(['a.txt', 'c.txt']);
    marketplace.lists('ours', 'a.txt', OURS.replace('another', 'anothr!'));
    marketplace.lists('theirs', 'a.txt', THEIRS);
    await world.run(6 * MINUTE);
    marketplace.lists('c', 'c.txt', 'c.txt: the sea.');
    await world.run(20 * MINUTE);
    expect([sent(), marketplace.downloads]).toEqual([before, ['theirs']]);
    expect(settled()).toContain('"artifacts":["theirs","c"]');
  });

  test('is taken by its name alone where no other one can have it', async () => {
    await deliver(NAMES_ALONE, 5 * MINUTE);
    expect([await world.state(marketplace.id), marketplace.downloads]).toEqual(['completed', []]);
  });
});

/** The worker delivers another result, with these files instead of the former ones: `A.txt` is an `a.txt` that says more. */
async function changes(names: readonly string[]): Promise<void> {
  const task = world.task(marketplace.id);
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) world.hiclaw.remove(task, name);
  for (const name of names) {
    const says = name === 'A.txt' ? 'a.txt: another sea.' : `${name}: the sea.`;
    world.hiclaw.write(task, name.toLowerCase(), says);
  }
  await world.workerDelivers(marketplace.id, `${HAIKU} ${names.join(' ')}`);
}
