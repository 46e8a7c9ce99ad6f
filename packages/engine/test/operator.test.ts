import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { World } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

describe('a hiring that its owner holds back', () => {
  test('is not settled although its worker delivers, and goes on by a yes', async () => {
    const id = await world.atWork();
    expect(await world.command(id, { kind: 'hold' })).toEqual({ kind: 'done' });
    await world.workerDelivers(id, HAIKU);
    await world.run(30 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect(await world.command(id, { kind: 'approve' })).toEqual({ kind: 'done' });
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(world.marketplace.arrived).toHaveLength(1);
  });

  test('is failed before its deadline when no worker has taken it', async () => {
    const id = await world.hire();
    await world.run();
    await world.command(id, { kind: 'hold' });
    await world.run(7 * HOUR);
    expect(await world.state(id)).toBe('failed');
  });

  test('from before an attempt there is none to hold', async () => {
    world.marketplace.readFault = { kind: 'unavailable', problem: 'planted' };
    const id = await world.hire();
    expect(await world.command(id, { kind: 'hold' })).toEqual({ kind: 'unfit', state: 'received' });
  });
});

describe("the owner's own result", () => {
  test('is settled once, by the stored request', async () => {
    const id = await world.atWork();
    await world.command(id, { kind: 'hold' });
    expect(await world.command(id, { kind: 'submit', text: HAIKU })).toEqual({ kind: 'done' });
    await world.run(10 * MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(world.marketplace.arrived.map(({ body }) => body)).toEqual([expect.stringContaining('gulls')]);
  });

  test.each(['', 'Done.', 'here is ghp_abcdefghijklmnopqrstuvwxyz0123456789'])(
    'is refused when it is %j',
    async (text) => {
      const id = await world.atWork();
      await world.command(id, { kind: 'hold' });
      expect(await world.command(id, { kind: 'submit', text })).toMatchObject({ kind: 'refused' });
      expect(await world.state(id)).toBe('attention');
    },
  );

  test('is not taken while the work goes on', async () => {
    const id = await world.atWork();
    const outcome = await world.command(id, { kind: 'submit', text: HAIKU });
    expect(outcome).toEqual({ kind: 'unfit', state: 'acknowledged' });
  });
});

describe("the owner's messages", () => {
  const toWorker = { kind: 'message', to: 'worker', text: 'Make it rhyme.', source: 'one' } as const;
  const toHirer = { kind: 'message', to: 'hirer', text: 'It takes an hour more.', source: 'two' } as const;

  test('reach the worker by its folder, and say whose they are', async () => {
    const id = await world.atWork();
    expect(await world.command(id, toWorker)).toEqual({ kind: 'done' });
    await world.run(MINUTE);
    expect([...world.hiclaw.folderMessages.values()]).toMatchObject([
      { kind: 'owner', text: 'Make it rhyme.' },
    ]);
    expect(world.hiclaw.messages.at(-1)).toMatchObject({ purpose: 'message', from: 'owner' });
  });

  test.each(['at work', 'held'])('reach the hirer once while the hiring is %s', async (when) => {
    const id = await world.atWork();
    if (when === 'held') await world.command(id, { kind: 'hold' });
    await world.command(id, toHirer);
    await world.command(id, toHirer);
    await world.run(10 * MINUTE);
    expect(world.marketplace.tells).toMatchObject([{ kind: 'notice', text: 'It takes an hour more.' }]);
  });

  test('with what looks like a secret go nowhere', async () => {
    const id = await world.atWork();
    const text = 'the key is ghp_abcdefghijklmnopqrstuvwxyz0123456789';
    expect(await world.command(id, { ...toHirer, text })).toMatchObject({ kind: 'refused' });
    expect(await world.command(id, { ...toHirer, text: ' ' })).toMatchObject({ kind: 'refused' });
  });
});
