import type { HiringId } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { alice, World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ANSWER = 'Grey waves fold and fall\nthe last boats come home empty\nsalt on the window';
const SENTENCE = 'Error: states of the form are drawn, next come the empty ones';

let world: World;
let id: HiringId;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

const assignments = () => world.hiclaw.messages.filter(({ purpose }) => purpose === 'assignment').length;

test.each([
  ['types', async () => await world.workerReads()],
  [
    'writes a file',
    async () => await Promise.resolve(world.hiclaw.write(world.task(id), 'plan.md', 'a plan')),
  ],
  ['says more', async () => await world.says('The empty states come next.')],
])('a worker that speaks of an error in its work and %s is not told again', async (_, goesOn) => {
  id = await world.atWork();
  await world.says(SENTENCE);
  await world.run(MINUTE);
  await goesOn();
  await world.run(10 * MINUTE);
  expect([await world.state(id), assignments()]).toEqual(['acknowledged', 1]);
  await world.workerDelivers(id, ANSWER);
  await world.run(MINUTE);
  expect([await world.state(id), assignments()]).toEqual(['completed', 1]);
});

test('a worker that says such a thing and then nothing is notified again after as long as one that was told may be silent', async () => {
  id = await world.atWork();
  await world.says('Error: no words came from the model');
  await world.run(MINUTE);
  expect(assignments()).toBe(1);
  await world.run(1.5 * MINUTE);
  expect([await world.state(id), assignments()]).toEqual(['sent', 2]);
});

test('a worker whose runtime names the status of its model is notified again at once', async () => {
  id = await world.atWork();
  await world.says("Error: Error code: 500 - {'error': {'message': 'overloaded'}}");
  await world.run(30 * SECOND);
  expect([await world.state(id), assignments()]).toEqual(['sent', 2]);
});

test('a sentence about an error calls no operator, however often the worker was told', async () => {
  world.settings = { ...world.settings, maxMessages: 1 };
  id = await world.atWork();
  await world.says(SENTENCE);
  await world.run(MINUTE);
  await world.hiclaw.showActivity(alice, { kind: 'typing' });
  await world.run(5 * MINUTE);
  expect([await world.state(id), await world.attentionOf(id)]).toEqual(['acknowledged', undefined]);
});
