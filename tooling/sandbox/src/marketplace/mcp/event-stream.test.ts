import { once } from 'node:events';
import { get, IncomingMessage } from 'node:http';

import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { openRawClient, type RawClient } from '../testing/raw-client.ts';
import { afterTest, openFixture, type Fixture } from '../testing/fixture.ts';

const pendingUpdated =
  '{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"hiring://pending"}}';
const frameOf = (data: string): string => `event: message\ndata: ${data}\n\n`;
const updateFrame = frameOf(pendingUpdated);
const answered = { jsonrpc: '2.0', id: 'last', method: 'ping' };
const pongFrame = frameOf('{"jsonrpc":"2.0","id":"last","result":{}}');

interface Listening {
  fixture: Fixture;
  client: RawClient;
  /** A piece of work arrives: one update of the pending list. */
  arrive: () => void;
  /** Everything on the stream since the last time, up to the answer of a last request. */
  received: () => Promise<string>;
}

/** A subscribed session that hears of nothing but updates: nobody probes it. */
async function listening(): Promise<Listening> {
  const fixture = await openFixture({ switches: { sse_keepalive_s: 0 } });
  const client = await openRawClient(fixture.marketplace.url, fixture.agent.apiKey);
  afterTest(() => client.close());
  await client.handshake();
  await expect.poll(() => client.messages()).toHaveLength(2);
  let from = client.text().length;
  return {
    fixture,
    client,
    arrive: () =>
      void fixture.marketplace.hire({
        hirerId: fixture.hirer.id,
        agentId: fixture.agent.id,
        taskDescription: 'x',
        payment: 'async',
      }),
    received: async () => {
      await client.post(answered);
      await expect.poll(() => client.text().slice(from)).toContain(pongFrame);
      const text = client.text().slice(from);
      from += text.length;
      return text;
    },
  };
}

describe('updates', () => {
  test('updates: twice, never, and once again, at run time and over HTTP', async () => {
    const { fixture, arrive, received } = await listening();
    const own = `/sandbox/agents/${fixture.agent.id}/switches`;
    arrive();
    expect(await received()).toBe(updateFrame + pongFrame);
    await fixture.call('PATCH', own, { body: { updates: 'twice' } });
    arrive();
    expect(await received()).toBe(updateFrame + updateFrame + pongFrame);
    await fixture.call('PATCH', own, { body: { updates: 'never' } });
    arrive();
    expect(await received()).toBe(pongFrame);
    await fixture.call('DELETE', own);
    arrive();
    expect(await received()).toBe(updateFrame + pongFrame);
  });

  test('update_delay_ms: an update comes that much later', async () => {
    const { fixture, client, arrive, received } = await listening();
    fixture.marketplace.switches.set(fixture.agent.id, { update_delay_ms: 500 });
    arrive();
    expect(await received()).toBe(pongFrame);
    fixture.clock.advance(499);
    expect(await received()).toBe(pongFrame);
    fixture.clock.advance(1);
    expect(await received()).toBe(updateFrame + pongFrame);
    arrive();
    client.close();
    await expect.poll(() => fixture.marketplace.sessions.list()).toEqual([]);
    fixture.clock.advance(500);
  });

  test('frame_missed: the next n are not sent, what else there is comes', async () => {
    const { fixture, arrive, received } = await listening();
    const fault = { kind: 'frame_missed', frame: 'update', times: 2 };
    expect((await fixture.call('POST', '/sandbox/faults', { body: fault })).status).toBe(201);
    arrive();
    arrive();
    expect(await received()).toBe(pongFrame);
    arrive();
    expect(await received()).toBe(updateFrame + pongFrame);
  });

  test('frame_twice and frame_late strike one of them', async () => {
    const { fixture, arrive, received } = await listening();
    fixture.marketplace.faults.add({ kind: 'frame_twice', frame: 'update' });
    fixture.marketplace.faults.add({ kind: 'frame_late', frame: 'update', seconds: 2 });
    arrive();
    expect(await received()).toBe(updateFrame + updateFrame + pongFrame);
    arrive();
    expect(await received()).toBe(pongFrame);
    arrive();
    expect(await received()).toBe(updateFrame + pongFrame);
    fixture.clock.advance(2_000);
    expect(await received()).toBe(updateFrame + pongFrame);
  });

  test('frame_reordered: one comes behind the next frame, or in time if there is none', async () => {
    const { fixture, arrive, received } = await listening();
    fixture.marketplace.faults.add({ kind: 'frame_reordered', frame: 'update', times: 2 });
    arrive();
    expect(await received()).toBe(pongFrame + updateFrame);
    arrive();
    fixture.clock.advance(1_000);
    expect(await received()).toBe(updateFrame + pongFrame);
    expect(await received()).toBe(pongFrame);
  });
});

describe('frames', () => {
  test('an answer can be missed, by the operation it answers', async () => {
    const { fixture, client, received } = await listening();
    fixture.marketplace.faults.add({ kind: 'frame_missed', operation: 'pending' });
    const params = { uri: 'hiring://pending' };
    const read = { jsonrpc: '2.0', id: 'read', method: 'resources/read', params };
    expect((await client.post(read)).status).toBe(202);
    expect(await received()).toBe(pongFrame);
    await client.post(read);
    expect(await received()).toContain('"id":"read"');
  });

  test('a probe can be missed: the hire finds the agent offline', async () => {
    const fixture = await openFixture();
    await fixture.goOnline();
    fixture.marketplace.faults.add({ kind: 'frame_missed', frame: 'probe' });
    const { hirer, agent } = fixture;
    const { id } = fixture.marketplace.hire({ hirerId: hirer.id, agentId: agent.id, taskDescription: 'x' });
    await expect.poll(() => fixture.marketplace.faults.list()).toEqual([]);
    fixture.clock.advance(5_000);
    await fixture.marketplace.hirings.when(id, 'failed');
  });

  test('the endpoint never comes: the stream is open, and alive, and says nothing', async () => {
    const { marketplace, agent, clock } = await openFixture();
    marketplace.faults.add({ kind: 'frame_missed', frame: 'endpoint' });
    const opening = openRawClient(marketplace.url, agent.apiKey);
    await expect.poll(() => marketplace.sessions.list()).toHaveLength(1);
    clock.advance(15_000);
    const client = await opening;
    afterTest(() => client.close());
    expect(client.response.status).toBe(200);
    expect(client.text()).toBe(': keep-alive\n\n');
  });

  test('frame_garbage: a data line that is no JSON comes first', async () => {
    const { fixture, arrive, received } = await listening();
    fixture.marketplace.faults.add({ kind: 'frame_garbage', frame: 'update' });
    arrive();
    expect(await received()).toBe(frameOf('{"jsonrpc":"2.0","id":') + updateFrame + pongFrame);
  });

  test('frame_cut: the stream breaks in the middle, and what was sent meanwhile is lost', async () => {
    const { fixture, client, arrive } = await listening();
    const before = client.text();
    fixture.marketplace.faults.add({ kind: 'frame_cut', frame: 'update' });
    arrive();
    arrive();
    await client.ended;
    expect(client.text().slice(before.length)).toBe(updateFrame.slice(0, updateFrame.length / 2));
    expect(fixture.marketplace.sessions.list()).toEqual([]);
  });

  test('frame_split: a character of several bytes comes in two chunks', async () => {
    const fixture = await openFixture({ switches: { sse_keepalive_s: 0, rpc_channel: 'both' } });
    const { marketplace, agent, hirer } = fixture;
    const work = {
      hirerId: hirer.id,
      agentId: agent.id,
      taskDescription: 'Größe 完成',
      payment: 'async',
    } as const;
    marketplace.hire(work);
    const request = get(`${marketplace.url}/mcp/sse`, { headers: { 'X-API-Key': agent.apiKey } });
    const [response] = z.tuple([z.instanceof(IncomingMessage)]).parse(await once(request, 'response'));
    afterTest(() => void request.destroy());
    const chunks: Buffer[] = [];
    const text = (): string => Buffer.concat(chunks).toString();
    // Not by iterating, which would join what has arrived.
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    await expect.poll(text).toContain('\n\n');
    const path = /data: (.*)\n/.exec(text())?.[1] ?? '';
    const post = (body: object) => fixture.call('POST', path, { as: agent.apiKey, body });
    await post({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
    await post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    marketplace.faults.add({ kind: 'frame_split', operation: 'pending' });
    const read = { jsonrpc: '2.0', id: 2, method: 'resources/read', params: { uri: 'hiring://pending' } };
    const { text: answer } = await post(read);
    await expect.poll(text).toContain(frameOf(answer));
    expect(answer).toContain('Größe 完成');
    // None of them is whole in any chunk.
    expect(chunks.filter((chunk) => /[öß完成]/.test(chunk.toString()))).toEqual([]);
  });
});
