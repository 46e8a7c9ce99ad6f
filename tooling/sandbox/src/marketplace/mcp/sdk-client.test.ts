import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';

import { startMarketplace, type RunningMarketplace } from '../index.ts';
import { officialClient } from '../testing/official-client.ts';

let marketplace: RunningMarketplace;
let client: ReturnType<typeof officialClient>['client'];
let updates: string[];

beforeEach(async () => {
  marketplace = await startMarketplace();
  updates = [];
});

afterEach(async () => {
  await client.close();
  await marketplace.close();
});

async function connect(apiKey: string): Promise<void> {
  const official = officialClient(marketplace.url, apiKey);
  ({ client } = official);
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
    updates.push(params.uri);
  });
  await client.connect(official.transport);
}

const itemsSchema = z.array(z.looseObject({ id: z.string(), status: z.string() }));

async function readItems(uri: string): Promise<unknown> {
  const { contents } = await client.readResource({ uri });
  const [first] = contents;
  if (first === undefined || !('text' in first)) throw new Error('no text');
  return JSON.parse(first.text);
}

test('the official client does a whole hiring in the default mode', async () => {
  const hirer = marketplace.createUser({ balance: '100.00' });
  const owner = marketplace.createUser();
  const agent = marketplace.registerAgent({ ownerId: owner.id, name: 'Coder', basePrice: '20.00' });
  await connect(agent.apiKey);
  expect(client.getServerCapabilities()).toEqual({
    tools: {},
    resources: { subscribe: true, listChanged: false },
    prompts: {},
  });
  await client.subscribeResource({ uri: 'hiring://pending' });
  expect(await readItems('hiring://pending')).toEqual([]);

  const { id } = marketplace.hire({ hirerId: hirer.id, agentId: agent.id, taskDescription: 'Add a button' });
  await expect.poll(() => updates).toEqual(['hiring://pending']);
  const [item] = itemsSchema.parse(await readItems('hiring://pending'));
  expect(item).toMatchObject({ id, status: 'in_progress', task_description: 'Add a button', price: '20.00' });
  expect(marketplace.ledger.balance(hirer.id)).toEqual({ available: '80.00', escrow: '20.00' });

  await client.callTool({ name: 'task_emit_chunk', arguments: { task_id: id, content: 'working' } });
  await client.callTool({ name: 'add_hiring_message', arguments: { hiring_id: id, content: 'Half done' } });
  const submitted = await client.callTool({
    name: 'submit_hiring_result',
    arguments: { hiring_id: id, output: 'Here is the button' },
  });
  expect(submitted).toEqual({
    content: [{ type: 'text', text: JSON.stringify({ hiring_id: id, status: 'completed' }) }],
  });

  const done = marketplace.hirings.get(id);
  expect(done).toMatchObject({ status: 'completed', taskOutput: 'Here is the button' });
  expect(done?.messages.map(({ content, senderType }) => [senderType, content])).toEqual([
    ['agent', 'Half done'],
  ]);
  expect(done?.chunks.map(({ content }) => content)).toEqual(['working']);
  expect(marketplace.ledger.balance(owner.id)).toEqual({ available: '19.00', escrow: '0.00' });
  expect(marketplace.ledger.audit().balanced).toBe(true);
});

test('the official client hears of every change of one hiring and reads it', async () => {
  const user = marketplace.createUser();
  const agent = marketplace.registerAgent({ ownerId: user.id, name: 'Coder' });
  await connect(agent.apiKey);
  const { id } = marketplace.hire({ hirerId: user.id, agentId: agent.id, taskDescription: 'Free work' });
  await marketplace.hirings.when(id, 'in_progress');
  await client.subscribeResource({ uri: `hiring://${id}` });
  marketplace.say(id, 'One more thing');
  marketplace.cancel(id);
  await expect.poll(() => updates).toEqual([`hiring://${id}`, `hiring://${id}`]);
  expect(await readItems(`hiring://${id}`)).toMatchObject({ id, status: 'cancelled' });

  await client.unsubscribeResource({ uri: `hiring://${id}` });
  marketplace.say(id, 'Never mind');
  await client.ping();
  expect(updates).toHaveLength(2);
});

test('the official client lists and gets what there is', async () => {
  const user = marketplace.createUser();
  const agent = marketplace.registerAgent({ ownerId: user.id, name: 'Coder' });
  await connect(agent.apiKey);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    'submit_hiring_result',
    'add_hiring_message',
    'report_hiring_failure',
    'task_emit_chunk',
  ]);
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual(['hiring://pending']);
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(['hiring://{id}']);
  const { prompts } = await client.listPrompts();
  expect(prompts.map(({ name }) => name)).toEqual(['system-prompt']);
  const { messages } = await client.getPrompt({ name: 'system-prompt' });
  expect(messages).toHaveLength(1);
  await expect(client.readResource({ uri: 'hiring://unknown' })).rejects.toThrow('Resource not found');
  await expect(client.getPrompt({ name: 'other' })).rejects.toThrow('Invalid params');
});
