import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HttpMarketplace, type OtherAnswer } from './http-marketplace.ts';
import { World } from './world.ts';

const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Larger requests are refused. */
const MAX_BYTES = 2_000;

let world: World;
let marketplace: HttpMarketplace;
let maxBytes: number;
beforeEach(() => {
  world = new World();
  marketplace = new HttpMarketplace(world);
  maxBytes = MAX_BYTES;
});
afterEach(async () => {
  await marketplace.close();
  await world.close();
});

/** How a request may be refused for its size, by the marketplace and by a proxy in front of it. */
const REFUSALS: readonly (readonly [string, OtherAnswer])[] = [
  [
    '413 of its own',
    { status: 413, body: { errors: [{ code: 'PAYLOAD_TOO_LARGE', message: 'too large' }] } },
  ],
  ['413 of nginx', { status: 413, body: '<html><h1>413 Request Entity Too Large</h1></html>' }],
  ['413 without a word', { status: 413, body: '' }],
  ['422 with a code', { status: 422, body: { errors: [{ code: 'FILE_TOO_LARGE', message: 'too large' }] } }],
];

const uploadSchema = z.object({ artifacts: z.array(z.object({ name: z.string() })) });
const resultSchema = z.object({
  output: z.object({ text: z.string(), artifacts: z.array(z.string()).optional() }),
});

/** A marketplace that keeps files, and takes no larger request than `maxBytes`. */
async function open(refusal: OtherAnswer | undefined): Promise<void> {
  await marketplace.open();
  marketplace.answer = ({ what, body }) => {
    if (body.length > maxBytes) return refusal;
    if (what !== 'artifacts') return undefined;
    const added = uploadSchema.parse(JSON.parse(body)).artifacts.map(({ name }) => ({
      id: `artifact ${name}`,
      name,
    }));
    marketplace.artifacts.push(...added);
    return { status: 201, body: { data: { artifacts: added } } };
  };
}

/** The worker delivers these files, each as long as is said here. */
async function deliver(files: Readonly<Record<string, number>>, text = HAIKU): Promise<void> {
  const id = await marketplace.atWork();
  for (const [name, length] of Object.entries(files)) {
    world.hiclaw.write(world.task(id), name, 'sea '.repeat(length / 4));
  }
  await world.workerDelivers(id, text);
}

const names = (): readonly string[] => marketplace.artifacts.map(({ name }) => name);
const settled = () => resultSchema.parse(JSON.parse(marketplace.sent('result').at(-1)?.body ?? '{}')).output;
const refused = (what: string): number =>
  marketplace.sent(what).filter(({ body }) => body.length > maxBytes).length;

describe('a request that is refused for its size', () => {
  test.each(REFUSALS)('with %s: files go in smaller parts, each once', async (_, refusal) => {
    await open(refusal);
    const files = Object.fromEntries(Array.from({ length: 16 }, (_each, at) => [`part-${at}.txt`, 400]));
    await deliver(files);
    await world.run(5 * MINUTE);
    expect(await world.state(marketplace.id)).toBe('completed');
    expect(names().toSorted()).toEqual(Object.keys(files).toSorted());
    expect(settled().artifacts).toHaveLength(16);
    // Halved from sixteen to two; what was learned holds for the rest.
    expect(refused('artifacts')).toBeLessThanOrEqual(3);
  });

  test.each(REFUSALS)(
    'with %s: a file that is too large alone is named to its owner, whose yes settles with the others',
    async (_, refusal) => {
      await open(refusal);
      await deliver({ 'a.txt': 400, 'film.txt': 8_000, 'z.txt': 400 });
      await world.run(5 * MINUTE);
      const attention = await world.attentionOf(marketplace.id);
      expect([names(), attention?.reason.code, attention?.approves]).toEqual([
        ['a.txt', 'z.txt'],
        'files_too_large',
        'result',
      ]);
      expect(attention?.reason).toMatchObject({
        problem: expect.stringContaining('"film.txt" (8000 bytes)'),
      });
      expect(attention?.held?.files.map(({ name }) => name)).toEqual(['a.txt', 'z.txt']);
      expect(marketplace.sent('result')).toEqual([]);
      expect(await world.command(marketplace.id, { kind: 'approve' })).toEqual({ kind: 'done' });
      await world.run(MINUTE);
      expect(await world.state(marketplace.id)).toBe('completed');
      expect(settled().artifacts).toEqual(['artifact a.txt', 'artifact z.txt']);
    },
  );

  test('a file that was too large is retried seldom, and goes automatically once it is taken', async () => {
    await open(REFUSALS[1]?.[1]);
    await deliver({ 'a.txt': 400, 'film.txt': 8_000 });
    await world.run(3 * HOUR);
    expect(refused('artifacts')).toBeLessThanOrEqual(8);
    maxBytes = 100_000;
    await world.run(HOUR);
    expect([await world.state(marketplace.id), names()]).toEqual(['completed', ['a.txt', 'film.txt']]);
    expect(settled().artifacts).toHaveLength(2);
  });

  test('what was learned of a hiring holds when its result is replaced', async () => {
    await open(REFUSALS[1]?.[1]);
    await deliver({ 'a.txt': 1_200, 'b.txt': 1_200, 'film.txt': 8_000 });
    await world.run(5 * MINUTE);
    const before = refused('artifacts');
    world.hiclaw.remove(world.task(marketplace.id), 'film.txt');
    world.hiclaw.write(world.task(marketplace.id), 'c.txt', 'sea '.repeat(300));
    world.hiclaw.write(world.task(marketplace.id), 'd.txt', 'sea '.repeat(300));
    await world.workerDelivers(marketplace.id, `${HAIKU}!`);
    await world.run(10 * MINUTE);
    expect([await world.state(marketplace.id), refused('artifacts') - before]).toEqual(['completed', 0]);
    expect(names().toSorted()).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt']);
  });

  test.each(REFUSALS.slice(0, 3))(
    'with %s: a text that is too large is said to its owner, who may give a shorter one',
    async (_, refusal) => {
      await open(refusal);
      await deliver({}, `${HAIKU}\n`.repeat(50));
      await world.run(2 * HOUR);
      const attention = await world.attentionOf(marketplace.id);
      expect(attention?.reason).toMatchObject({ code: 'result_too_large', bytes: expect.any(Number) });
      const sent = marketplace.sent('result');
      expect([sent.length <= 6, new Set(sent.map(({ key }) => key)).size]).toEqual([true, 1]);
      expect(await world.command(marketplace.id, { kind: 'submit', text: HAIKU })).toEqual({ kind: 'done' });
      await world.run(MINUTE);
      expect([await world.state(marketplace.id), settled().text]).toEqual(['completed', HAIKU]);
    },
  );

  test('a text that was too large goes automatically once it is taken', async () => {
    await open(REFUSALS[1]?.[1]);
    await deliver({}, `${HAIKU}\n`.repeat(50));
    await world.run(10 * MINUTE);
    expect(await world.state(marketplace.id)).not.toBe('completed');
    maxBytes = 100_000;
    await world.run(HOUR);
    expect(await world.state(marketplace.id)).toBe('completed');
  });
});
