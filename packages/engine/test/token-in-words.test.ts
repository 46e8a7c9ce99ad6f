import { DEFAULT_POLICY, Secret } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { World } from './world.ts';

const TOKEN = 'ghp_A7c9planted4canary2tokenX8q1';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

test('a token that the hirer repeats in its task and its messages reaches no worker and is kept nowhere', async () => {
  // The worker is handed the task alone: pushing on its own would show it the token by its owner's wish.
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, push: 'worker' }) };
  const id = await world.hire({
    description: `Write a haiku. If git asks, the password is ${TOKEN}.`,
    deliveryMode: 'push',
    repoUrl: 'https://github.com/acme/ui-kit',
    repoToken: new Secret(TOKEN),
    extras: { note: [`once more: ${TOKEN}`] },
  });
  await world.run();
  await world.workerReads();
  await world.run(1000);
  world.marketplace.say(id, { id: 'm1', kind: 'message', fromHirer: true, text: `It is ${TOKEN}, as said.` });
  await world.run(5 * 60_000);
  const [order] = world.hiclaw.orders();
  expect(order?.hiring.description).toContain('Write a haiku.');
  const record = await world.record(id);
  const written = [order?.hiring, ...world.hiclaw.folderMessages.values(), record, await world.events(id)];
  expect(world.hiclaw.folderMessages.size).toBe(1);
  expect(JSON.stringify(written)).not.toContain(TOKEN);
  expect(record.attempt?.hiring.repoToken?.reveal()).toBe(TOKEN);
});

test('a token that the hirer replaces while the work goes on is cut out of its words as well as the new one', async () => {
  const next = 'ghp_B8d0planted5canary3tokenY9r2';
  const id = await world.hire({
    deliveryMode: 'push',
    repoUrl: 'https://github.com/acme/ui-kit',
    repoToken: new Secret(TOKEN),
  });
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, push: 'worker' }) };
  await world.run();
  await world.workerReads();
  await world.run(1000);
  Object.assign(world.marketplace.hiringOf(id), { repoToken: new Secret(next) });
  const text = `It was ${TOKEN}, now it is ${next}.`;
  world.marketplace.say(id, { id: 'm1', kind: 'message', fromHirer: true, text });
  await world.run(5 * 60_000);
  const written = JSON.stringify([...world.hiclaw.folderMessages.values(), await world.record(id)]);
  expect(world.hiclaw.folderMessages.size).toBe(1);
  for (const token of [TOKEN, next]) expect(written).not.toContain(token);
});

test('a token of an attempt that has ended is cut out of the words for the next, and the rest is done', async () => {
  world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, push: 'worker' }) };
  const id = await world.hire({
    deliveryMode: 'push',
    repoUrl: 'https://github.com/acme/ui-kit',
    repoToken: new Secret(TOKEN),
  });
  await world.run();
  await world.workerReads();
  await world.workerDelivers(id, 'BLOCKED: the token opens nothing');
  await world.run(5 * 60_000);
  expect(await world.state(id)).toBe('failed');
  world.marketplace.retry(id);
  const next = world.marketplace.hiringOf(id);
  Object.assign(next, {
    description: `Write a haiku. The password was ${TOKEN}, it works again.`,
    repoToken: undefined,
    repoUrl: undefined,
    deliveryMode: 'output',
    extras: { note: [`once more: ${TOKEN}`] },
  });
  world.marketplace.say(id, { id: 'm1', kind: 'message', fromHirer: true, text: `It is ${TOKEN}, as said.` });
  await world.ingest(next);
  await world.run(5 * 60_000);
  const order = world.hiclaw.orders().at(-1);
  expect(order?.attempt).toBe(2);
  expect(order?.hiring.description).toMatch(/^Write a haiku\. The password was .{1,60}, it works again\.$/);
  const written = JSON.stringify([order?.hiring, await world.record(id), await world.events(id)]);
  expect(written).not.toContain(TOKEN);
});
