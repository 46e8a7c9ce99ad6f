import { expect, test } from 'vitest';

import { openFixture } from './testing/fixture.ts';

const meta = { version: '1.0', timestamp: '2026-11-23T10:00:00.000Z' };
const unknown = '/api/v1/hirings/550e8400-e29b-41d4-a716-446655440000';

test('a success has data, meta and no errors', async () => {
  const { call } = await openFixture();
  const { json, headers } = await call('GET', '/api/v1/health');
  expect(json).toEqual({ data: { status: 'ok' }, meta, errors: [] });
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
});

test.each([
  [
    'array',
    `{"data":null,"meta":${JSON.stringify(meta)},"errors":[{"code":"NOT_FOUND","message":"Hiring not found","details":{}}]}`,
  ],
  ['object', '{"errors":{"message":"Hiring not found"}}'],
  ['strings', '{"errors":["Hiring not found"]}'],
  ['text', 'Hiring not found'],
] as const)('error_envelope %s', async (form, text) => {
  const { call, agent, marketplace } = await openFixture();
  marketplace.switches.set(agent.id, { error_envelope: form });
  const refused = await call('GET', unknown, { as: agent.apiKey });
  expect(refused.status).toBe(404);
  expect(refused.text).toBe(text);
  const expected = form === 'text' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  expect(refused.headers.get('content-type')).toBe(expected);
});

test('a stranger who names a hiring gets the envelope of its agent, others the default', async () => {
  const { call, agent, marketplace, startedHiring } = await openFixture();
  const id = await startedHiring();
  marketplace.switches.set(agent.id, { error_envelope: 'text' });
  const settling = await call('POST', `/api/v1/hirings/${id}/result`, { as: 'wrong', body: {} });
  expect([settling.status, settling.text]).toEqual([401, 'Unauthorized']);
  expect((await call('GET', unknown)).json).toMatchObject({ errors: [{ code: 'UNAUTHORIZED' }] });
  marketplace.switches.setDefaults({ error_envelope: 'strings' });
  expect((await call('GET', unknown)).json).toEqual({ errors: ['Missing or invalid authentication'] });
});
