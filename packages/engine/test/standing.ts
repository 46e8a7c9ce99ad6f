import { DEFAULT_POLICY, type HiringId, type OpenState } from '@agrenting-hiclaw/core/domain';
import { vi } from 'vitest';
import { REPORT_TO, type World } from './world.ts';

export const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain';
const HOUR = 3_600_000;
const UNAVAILABLE = { kind: 'unavailable', problem: 'planted' } as const;

async function delivered(world: World): Promise<HiringId> {
  const id = await world.atWork();
  await world.workerDelivers(id, HAIKU);
  await world.run(4000);
  return id;
}

/** How a hiring comes to stand in each open state; a state that is new has to be put here. */
export const STANDING: Readonly<Record<OpenState, (world: World) => Promise<HiringId>>> = {
  async received(world) {
    const id = await world.hire();
    world.marketplace.setStatus(id, 'queued');
    await world.run();
    return id;
  },
  async confirmed(world) {
    world.hiclaw.storageFault = 'planted';
    const id = await world.hire();
    await world.run();
    world.hiclaw.storageFault = undefined;
    return id;
  },
  async staged(world) {
    world.hiclaw.readiness.push({ kind: 'starting', waitMs: 1000 });
    const id = await world.hire();
    await world.run();
    return id;
  },
  async sent(world) {
    const id = await world.hire();
    await world.run();
    return id;
  },
  acknowledged: async (world) => await world.atWork(),
  async submitted(world) {
    const collect = vi.spyOn(world.hiclaw, 'collect').mockResolvedValue(UNAVAILABLE);
    const id = await delivered(world);
    collect.mockRestore();
    return id;
  },
  async settling(world) {
    world.marketplace.settleFaults.push('later');
    return await delivered(world);
  },
  async attention(world) {
    world.marketplace.settleFaults.push('refused');
    return await delivered(world);
  },
};

/** Other ways into attention: what is looked at there depends on where it came from. */
export const ATTENTION: Readonly<Record<string, (world: World) => Promise<HiringId>>> = {
  async 'waits for a yes to the work'(world) {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, approve: 'work' }) };
    const id = await world.hire();
    await world.run();
    return id;
  },
  async 'silent worker'(world) {
    const id = await world.hire();
    await world.run(HOUR);
    return id;
  },
  async 'asks its owner'(world) {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, questions: 'owner' }) };
    const id = await world.atWork();
    await world.says(`${REPORT_TO} QUESTION: which sea?`);
    await world.run(1000);
    return id;
  },
  async 'held result'(world) {
    const id = await world.atWork();
    await world.workerDelivers(id, 'The task has been completed.');
    await world.run(4000);
    return id;
  },
};
