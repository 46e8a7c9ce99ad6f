import { afterEach, beforeEach, expect, test } from 'vitest';
import { alice, World } from './world.ts';

const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain';
const ERROR = 'Error: model request failed with status 500';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.close();
});

test('a model that fails for two hours: the worker is notified again and again, seldom, and does the task', async () => {
  const send = world.hiclaw.send.bind(world.hiclaw);
  const wellAtMs = world.nowMs + 2 * HOUR;
  world.hiclaw.send = async (message) => {
    const outcome = await send(message);
    if (message.purpose !== 'assignment') return outcome;
    if (world.nowMs < wellAtMs) await world.hiclaw.showActivity(alice, { kind: 'message', text: ERROR });
    else await world.workerDelivers(message.hiringId, HAIKU);
    return outcome;
  };
  const id = await world.hire();
  await world.run(HOUR);
  const { attention } = (await world.record(id)).attempt?.progress ?? {};
  expect([await world.state(id), attention?.reason.code, attention?.quote]).toEqual([
    'attention',
    'model_failed',
    ERROR,
  ]);
  await world.run(1.5 * HOUR);
  expect([await world.state(id), world.marketplace.applied.length]).toEqual(['completed', 1]);
  expect(world.hiclaw.messages.length).toBeLessThan(20);
});
