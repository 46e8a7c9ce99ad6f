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

/** How a marketplace may say that it has files, without an id for each. */
const WITHOUT_IDS: readonly (readonly [string, OtherAnswer])[] = [
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
    'are listed after hours: their owner is asked meanwhile, and it goes on by itself: an answer with %s',
    async (_, answer) => {
      await deliver(answer, 3 * HOUR);
      const most = WITHOUT_IDS.some(([, one]) => one === answer) ? 1 : 4;
      expect(await world.events(marketplace.id)).toContain('needs_person');
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
      expect(await world.tell(marketplace.id, { kind: 'approve' })).toEqual({ kind: 'done' });
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
    ['by one that has them, too', [['a.txt', 'c.txt'], ['a.txt', 'd.txt']]],
    ['by one that has them not, and then by one that has', [['c.txt'], ['a.txt', 'd.txt']]],
    ['by one with another file of the name', [['A.txt', 'c.txt'], ['a.txt', 'd.txt']]],
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

/** The worker delivers another result, with these files in the place of the former ones: `A.txt` is an `a.txt` that says more. */
async function changes(names: readonly string[]): Promise<void> {
  const task = world.task(marketplace.id);
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) world.hiclaw.remove(task, name);
  for (const name of names) {
    const says = name === 'A.txt' ? 'a.txt: another sea.' : `${name}: the sea.`;
    world.hiclaw.write(task, name.toLowerCase(), says);
  }
  await world.workerDelivers(marketplace.id, `${HAIKU} ${names.join(' ')}`);
}
