import { OpenAPIHono } from '@hono/zod-openapi';
import { test } from 'vitest';
import { onError, type ApiEnv } from './guard.ts';

test('of what breaks before it is known who asks one a minute is reported, and of what was broken off nothing', async ({
  expect,
}) => {
  const state = { elapsedMs: 0 };
  const reported: (readonly [unknown, number])[] = [];
  const app = new OpenAPIHono<ApiEnv>();
  app.onError(
    onError(
      (error, unreported) => void reported.push([error, unreported]),
      () => state.elapsedMs,
    ),
  );
  app.get('/known', (context) => {
    context.set('caller', { name: 'olga', role: 'operator', tokenHash: '' });
    throw new Error('known');
  });
  app.get('/', () => {
    throw new Error('unknown');
  });
  const ask = async (path: string, isBrokenOff = false) =>
    (await app.request(path, {}, { isBrokenOff: () => isBrokenOff })).status;
  for (let nth = 0; nth < 10; nth += 1) expect(await ask('/')).toBe(500);
  for (let nth = 0; nth < 10; nth += 1) expect(await ask('/', true)).toBe(400);
  for (let nth = 0; nth < 2; nth += 1) expect(await ask('/known')).toBe(500);
  expect(reported.map(([error, unreported]) => [String(error), unreported])).toEqual([
    ['Error: unknown', 0],
    ['Error: known', 0],
    ['Error: known', 0],
  ]);
  state.elapsedMs = 60_000;
  expect(await ask('/')).toBe(500);
  expect(reported.slice(3).map(([error, unreported]) => [String(error), unreported])).toEqual([
    ['Error: unknown', 9],
  ]);
});
