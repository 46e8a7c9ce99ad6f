import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import type { SwitchChange } from '../index.ts';
import type { RawClient } from '../testing/raw-client.ts';
import { openFixture, type Fixture } from '../testing/fixture.ts';

const toolsSchema = z.object({
  result: z.object({
    tools: z.array(
      z.object({
        name: z.string(),
        inputSchema: z.object({
          properties: z.record(z.string(), z.unknown()),
          required: z.array(z.string()),
        }),
      }),
    ),
  }),
});
const documentSchema = z.object({
  result: z.object({ contents: z.array(z.object({ uri: z.string(), text: z.string() })).length(1) }),
});

interface Session {
  fixture: Fixture;
  client: RawClient;
  ask: (method: string, params?: unknown) => Promise<unknown>;
  call: (name: string, values: unknown) => Promise<unknown>;
  read: (uri: string) => Promise<unknown>;
}

async function session(switches: SwitchChange = {}): Promise<Session> {
  const fixture = await openFixture({ switches: { rpc_channel: 'body', ...switches } });
  const client = await fixture.goOnline();
  const ask = async (method: string, params: unknown = {}): Promise<unknown> =>
    JSON.parse((await client.post({ jsonrpc: '2.0', id: 1, method, params })).body);
  return {
    fixture,
    client,
    ask,
    call: (name, values) => ask('tools/call', { name, arguments: values }),
    read: async (uri) => {
      const { result } = documentSchema.parse(await ask('resources/read', { uri }));
      const document: unknown = JSON.parse(result.contents[0]?.text ?? '');
      return document;
    },
  };
}

function said(text: string, isError?: boolean): unknown {
  const content = [{ type: 'text', text }];
  return { jsonrpc: '2.0', id: 1, result: isError === true ? { content, isError } : { content } };
}

describe('tool_schema', () => {
  async function submitSchema(tool_schema: NonNullable<SwitchChange['tool_schema']>): Promise<unknown> {
    const { ask } = await session({ tool_schema });
    const { result } = toolsSchema.parse(await ask('tools/list'));
    return result.tools.find(({ name }) => name === 'submit_hiring_result')?.inputSchema;
  }

  test('documented: output is a string or an object', async () => {
    expect(await submitSchema('documented')).toMatchObject({
      properties: { output: { type: ['string', 'object'] } },
      required: ['hiring_id', 'output'],
    });
    const { fixture, call } = await session();
    const first = await fixture.startedHiring();
    await call('submit_hiring_result', { hiring_id: first, output: 'words' });
    expect(fixture.marketplace.hirings.get(first)).toMatchObject({
      status: 'completed',
      taskOutput: 'words',
    });
    const second = await fixture.startedHiring();
    await call('submit_hiring_result', { hiring_id: second, output: { text: 'words' } });
    expect(fixture.marketplace.hirings.get(second)?.taskOutput).toEqual({ text: 'words' });
  });

  test('string_output and object_output take only that', async () => {
    expect(await submitSchema('string_output')).toMatchObject({ properties: { output: { type: 'string' } } });
    expect(await submitSchema('object_output')).toMatchObject({ properties: { output: { type: 'object' } } });
    const { fixture, call } = await session({ tool_schema: 'object_output' });
    const id = await fixture.startedHiring();
    await call('submit_hiring_result', { hiring_id: id, output: 'words' });
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('in_progress');
    fixture.marketplace.switches.set(fixture.agent.id, { tool_schema: 'string_output' });
    await call('submit_hiring_result', { hiring_id: id, output: { text: 'words' } });
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('in_progress');
    await call('submit_hiring_result', { hiring_id: id, output: 'words' });
    expect(fixture.marketplace.hirings.get(id)?.status).toBe('completed');
  });

  test('renamed: other argument names, and only those', async () => {
    expect(await submitSchema('renamed')).toMatchObject({ required: ['hiring_id', 'result'] });
    const { fixture, call } = await session({ tool_schema: 'renamed' });
    const id = await fixture.startedHiring();
    expect(await call('submit_hiring_result', { hiring_id: id, output: 'words' })).toMatchObject({
      result: { isError: true },
    });
    await call('add_hiring_message', { hiring_id: id, message: 'Hello' });
    await call('report_hiring_failure', { hiring_id: id, error_message: 'No idea' });
    expect(fixture.marketplace.hirings.get(id)).toMatchObject({ status: 'failed', failedReason: 'No idea' });
    expect(fixture.marketplace.hirings.get(id)?.messages).toHaveLength(1);
  });
});

describe('saying no', () => {
  test('tools: what is not offered is not listed and cannot be called', async () => {
    const { ask, call } = await session({ tools: ['add_hiring_message'] });
    const { result } = toolsSchema.parse(await ask('tools/list'));
    expect(result.tools.map(({ name }) => name)).toEqual(['add_hiring_message']);
    expect(await call('submit_hiring_result', {})).toMatchObject({ error: { code: -32602 } });
  });

  test('a tool says it in its result, or with tool_error as a JSON-RPC error', async () => {
    const { fixture, call } = await session();
    const id = await fixture.startedHiring();
    await call('submit_hiring_result', { hiring_id: id, output: 'words' });
    const again = { hiring_id: id, output: 'words' };
    expect(await call('submit_hiring_result', again)).toEqual(
      said('NOT_FOUND: Hiring not found or already completed', true),
    );
    fixture.marketplace.switches.set(fixture.agent.id, { tool_error: 'rpc_error' });
    expect(await call('submit_hiring_result', again)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32602, message: 'NOT_FOUND: Hiring not found or already completed' },
    });
  });

  test('duplicate_submit holds for tools too', async () => {
    const { fixture, call } = await session({ duplicate_submit: '409' });
    const id = await fixture.startedHiring();
    await call('submit_hiring_result', { hiring_id: id, output: 'words' });
    expect(await call('submit_hiring_result', { hiring_id: id, output: 'words' })).toEqual(
      said('INVALID_STATE: The hiring is already terminal (completed)', true),
    );
    fixture.marketplace.switches.set(fixture.agent.id, { duplicate_submit: 'replay' });
    expect(await call('submit_hiring_result', { hiring_id: id, output: 'words' })).toEqual(
      said(JSON.stringify({ hiring_id: id, status: 'completed' })),
    );
    expect(fixture.marketplace.ledger.balance(fixture.owner.id).available).toBe('19.00');
    expect(fixture.marketplace.requests.list({ hiringId: id }).map(({ applied }) => applied)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('another agent’s hiring is unknown', async () => {
    const { fixture, call } = await session();
    const other = fixture.marketplace.registerAgent({ ownerId: fixture.owner.id, name: 'Other' });
    const { id } = fixture.marketplace.hire({
      hirerId: fixture.hirer.id,
      agentId: other.id,
      taskDescription: 'x',
    });
    expect(await call('report_hiring_failure', { hiring_id: id, reason: 'mine' })).toEqual(
      said('NOT_FOUND: Hiring not found', true),
    );
  });
});

describe('documents', () => {
  const push = {
    deliveryMode: 'push',
    repoUrl: 'https://github.com/acme/kit',
    repoAccessToken: 'ghp_secret',
    taskInput: { note: 'kept' },
  } as const;

  test('an item of hiring://pending names everything, and no attempt', async () => {
    const { fixture, read } = await session();
    const id = await fixture.startedHiring({ clientMessage: 'Please' });
    expect(await read('hiring://pending')).toEqual([
      {
        id,
        status: 'in_progress',
        task_description: 'Add a dark mode',
        capability_requested: 'coding',
        price: '20.00',
        client_message: 'Please',
        deadline_at: '2026-11-24T12:00:00.000Z',
        created_at: '2026-11-23T10:00:00.000Z',
        task_input: { delivery_mode: 'output' },
      },
    ]);
  });

  test('delivery_mode_place and repo_place move the fields', async () => {
    const { fixture, read } = await session();
    const { marketplace, agent } = fixture;
    const id = await fixture.startedHiring(push);
    const repository = { repo_url: push.repoUrl, repo_access_token: push.repoAccessToken };
    const place = async (change: SwitchChange): Promise<unknown> => {
      marketplace.switches.set(agent.id, change);
      const item = z.looseObject({ task_input: z.unknown() }).parse(await read(`hiring://${id}`));
      const { task_input, delivery_mode, repo_url, repo_access_token } = item;
      return { task_input, delivery_mode, repo_url, repo_access_token };
    };
    expect(await place({})).toEqual({ task_input: { note: 'kept', delivery_mode: 'push', ...repository } });
    expect(await place({ delivery_mode_place: 'top' })).toEqual({
      task_input: { note: 'kept', ...repository },
      delivery_mode: 'push',
    });
    expect(await place({ delivery_mode_place: 'missing', repo_place: 'top' })).toEqual({
      task_input: { note: 'kept' },
      ...repository,
    });
    expect(await place({ repo_place: 'both' })).toEqual({
      task_input: { note: 'kept', ...repository },
      ...repository,
    });
  });

  test('only coding agents get a delivery mode', async () => {
    const { fixture, read } = await session();
    const writer = fixture.marketplace.registerAgent({
      ownerId: fixture.owner.id,
      name: 'Writer',
      capabilities: ['text'],
    });
    expect(fixture.marketplace.agents().find(({ id }) => id === writer.id)?.category).toBeNull();
    const own = await fixture.startedHiring();
    expect(await read(`hiring://${own}`)).toMatchObject({ task_input: { delivery_mode: 'output' } });
    const { id } = fixture.marketplace.hire({
      hirerId: fixture.hirer.id,
      agentId: writer.id,
      taskDescription: 'A poem',
      taskInput: { tone: 'dry' },
    });
    const { data } = await fixture.call('GET', `/api/v1/hirings/${id}`, { as: writer.apiKey });
    expect(data).toMatchObject({ task_input: { tone: 'dry' }, delivery_mode: 'output' });
  });

  test('hiring_document makes hiring://{id} the REST detail, bare or wrapped', async () => {
    const { fixture, read } = await session();
    const id = await fixture.startedHiring();
    expect(await read(`hiring://${id}`)).not.toHaveProperty('trace_attempt');
    fixture.marketplace.switches.set(fixture.agent.id, { hiring_document: 'detail' });
    const { data } = await fixture.call('GET', `/api/v1/hirings/${id}`, { as: fixture.agent.apiKey });
    expect(await read(`hiring://${id}`)).toEqual(data);
    expect(data).toHaveProperty('trace_attempt', 1);
    fixture.marketplace.switches.set(fixture.agent.id, { hiring_document: 'wrapped' });
    expect(await read(`hiring://${id}`)).toEqual({ hiring: data });
  });

  test('work that is queued or over is not pending', async () => {
    const { fixture, read } = await session();
    const id = await fixture.startedHiring();
    fixture.marketplace.cancel(id);
    expect(await read('hiring://pending')).toEqual([]);
    expect(await read(`hiring://${id}`)).toMatchObject({ status: 'cancelled' });
  });
});

test('pending_updates: of work that goes a client hears only if it is switched on', async () => {
  const { fixture, client } = await session();
  const updates = (): number =>
    client.messages().filter(({ method }) => method === 'notifications/resources/updated').length;
  const first = await fixture.startedHiring();
  await expect.poll(updates).toBe(1);
  fixture.marketplace.cancel(first);
  const second = await fixture.startedHiring();
  await expect.poll(updates).toBe(2);
  fixture.marketplace.switches.set(fixture.agent.id, { pending_updates: 'all' });
  fixture.marketplace.cancel(second);
  await expect.poll(updates).toBe(3);
  expect(client.text()).toContain(
    'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/resources/updated",' +
      '"params":{"uri":"hiring://pending"}}\n\n',
  );
});
