import { describe, test } from 'vitest';
import { DoctorCache } from './doctor-cache.ts';

function begin() {
  const state = { looks: 0, elapsedMs: 0, fails: false };
  const looks = new DoctorCache({
    async runChecks() {
      state.looks += 1;
      await Promise.resolve();
      if (state.fails) throw new Error('broken');
      return state.looks;
    },
    nowMs: () => 1_000 + state.elapsedMs,
    elapsedMs: () => state.elapsedMs,
  });
  return { state, looks };
}

describe('a look at everything', () => {
  test('is shared while it is made, and good for a minute', async ({ expect }) => {
    const { state, looks } = begin();
    expect(looks.last).toBeUndefined();
    const [one, other] = await Promise.all([looks.fresh(), looks.fresh()]);
    expect([one.found, other.found, state.looks]).toEqual([1, 1, 1]);
    state.elapsedMs = 59_999;
    expect(await looks.fresh()).toMatchObject({ atMs: 1_000, found: 1 });
    state.elapsedMs = 60_000;
    expect(await looks.fresh()).toMatchObject({ atMs: 61_000, found: 2 });
    expect(looks.last).toMatchObject({ atMs: 61_000, found: 2 });
  });

  test('that broke is made again for the next who asks, and takes nothing of what was found', async ({
    expect,
  }) => {
    const { state, looks } = begin();
    state.fails = true;
    await expect(looks.fresh()).rejects.toThrow('broken');
    state.fails = false;
    expect(await looks.fresh()).toMatchObject({ found: 2 });
    state.fails = true;
    state.elapsedMs = 60_000;
    await expect(looks.fresh()).rejects.toThrow('broken');
    expect(looks.last).toMatchObject({ found: 2 });
  });
});
