import { describe } from 'vitest';
import { z } from 'zod';
import { ask, VIEWER } from './environment.ts';
import { test } from './idle-environment.ts';

const answered = z.object({ lookedAt: z.iso.datetime(), checks: z.array(z.object({ name: z.string() })) });

describe('the doctor', () => {
  test('does not run for a viewer, who gets the last findings', async ({ openIdleStore, expect }) => {
    const { app } = await openIdleStore();
    const none = await ask(app, '/doctor', { token: VIEWER });
    expect([none.status, none.body]).toEqual([
      404,
      expect.objectContaining({ todo: expect.stringContaining('operator') }),
    ]);
    const looked = answered.parse((await ask(app, '/doctor')).body);
    expect(looked.checks.length).toBeGreaterThan(0);
    expect(answered.parse((await ask(app, '/doctor', { token: VIEWER })).body)).toEqual(looked);
    expect(answered.parse((await ask(app, '/doctor')).body)).toEqual(looked);
  });
});
