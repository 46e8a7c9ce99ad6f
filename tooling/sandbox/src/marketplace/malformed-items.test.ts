import { expect, test } from 'vitest';
import { z } from 'zod';

import { openFixture } from './testing/fixture.ts';

const envelope = z.object({ data: z.array(z.unknown()) });
const resource = z.object({ result: z.object({ contents: z.array(z.object({ text: z.string() })) }) });

async function listing() {
  const fixture = await openFixture({ switches: { rpc_channel: 'body' } });
  const client = await fixture.goOnline();
  const id = await fixture.startedHiring();
  const overRest = async (as = fixture.agent.apiKey): Promise<unknown[]> =>
    envelope.parse((await fixture.call('GET', '/api/v1/hirings/pending', { as })).json).data;
  const overMcp = async (): Promise<unknown[]> => {
    const params = { uri: 'hiring://pending' };
    const { body } = await client.post({ jsonrpc: '2.0', id: 1, method: 'resources/read', params });
    const text = resource.parse(JSON.parse(body)).result.contents[0]?.text ?? '';
    return z.array(z.unknown()).parse(JSON.parse(text));
  };
  return { fixture, id, overRest, overMcp };
}

test('pending_malformed: the list has them beside the others, over both doors, the same at every read', async () => {
  const { fixture, id, overRest, overMcp } = await listing();
  const { agent, owner, marketplace } = fixture;
  marketplace.registerAgent({ ownerId: owner.id, name: 'Other' });
  const switched = await fixture.call('PATCH', `/sandbox/agents/${agent.id}/switches`, {
    body: { pending_malformed: ['no_id', 'no_status', 'wrong_types', 'string'] },
  });
  expect(switched.status).toBe(200);
  const expected = [
    expect.not.objectContaining({ id: expect.anything() }),
    expect.not.objectContaining({ status: expect.anything() }),
    expect.objectContaining({ status: ['in_progress'], price: 1, deadline_at: 0 }),
    'nonsense',
    expect.objectContaining({ id, status: 'in_progress' }),
  ];
  const items = await overRest();
  expect(items).toEqual(expected);
  expect(await overRest()).toEqual(items);
  expect(await overRest(owner.token)).toEqual(items);
  expect(await overMcp()).toEqual(expected);
  marketplace.switches.set(agent.id, { pending_malformed: ['string'] });
  expect(await overMcp()).toEqual(['nonsense', expect.objectContaining({ id })]);
  marketplace.switches.reset(agent.id);
  expect(await overRest()).toHaveLength(1);
});

test('malformed_items: in one read', async () => {
  const { fixture, overRest, overMcp } = await listing();
  fixture.marketplace.faults.add({ kind: 'malformed_items', times: 2 });
  expect(await overRest()).toHaveLength(5);
  expect(await overMcp()).toHaveLength(5);
  expect(await overRest()).toHaveLength(1);
});
