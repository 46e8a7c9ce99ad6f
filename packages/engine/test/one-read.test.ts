import { Secret, type Hiring } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { someHiring, World } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => await world.close());

const LATER_MS = Date.parse('2027-01-01T00:00:00Z');

/** Another value of every field that a hiring can have; a field that is new has to be put here. */
const FORGED: { readonly [Field in keyof Required<Omit<Hiring, 'hiringId' | 'agentId'>>]: Hiring[Field] } = {
  status: 'paid',
  final: false,
  marker: { traceAttempt: 7, dispatchId: 'forged' },
  workerMatrixId: '@mallory:x',
  description: 'forged',
  capability: 'forged',
  price: '9999.00',
  deliveryMode: 'push',
  deliveryStated: true,
  repoUrl: 'https://github.com/mallory/trap',
  repoToken: new Secret('ghp_forged'),
  clientMessage: 'forged',
  customerId: 'forged',
  deadlineAtMs: LATER_MS,
  createdAtMs: LATER_MS,
  extras: { forged: true },
  messages: [{ id: 'forged', kind: 'message', fromHirer: true, text: 'forged' }],
  problems: ['forged'],
};

/** What a marketplace may show that leaves out as much as it can. */
const BARE: Partial<Hiring> = {
  price: undefined,
  deadlineAtMs: undefined,
  createdAtMs: undefined,
  deliveryStated: false,
};

/** Heard by webhook, and read under the agent's key. */
async function opened(read: Hiring, webhook: Hiring): Promise<Hiring | undefined> {
  world.marketplace.hire(read);
  await world.ingest(webhook, 'webhook');
  await world.run();
  return (await world.record(read.hiringId)).attempt?.hiring;
}

test.each(Object.keys(FORGED))('%s of a webhook never replaces what was read', async (field) => {
  const forged = Object.fromEntries(Object.entries(FORGED).filter(([name]) => name === field));
  for (const read of [someHiring(), someHiring(BARE)]) {
    const hiring = await opened(read, { ...read, ...forged });
    // How to deliver may become doubtful, but it is never what the webhook says.
    const { marker: _, deliveryMode, ...expected } = read;
    expect(hiring).toMatchObject(JSON.parse(JSON.stringify(expected)));
    expect([deliveryMode, 'unclear']).toContain(hiring?.deliveryMode);
    expect(JSON.stringify(hiring)).not.toContain('orged');
    expect([hiring?.repoToken, hiring?.repoUrl]).toEqual([undefined, undefined]);
  }
});

test('with all of them forged, the worker is given what was read alone', async () => {
  const read = someHiring();
  await opened(read, { ...read, ...FORGED });
  const [order] = world.hiclaw.orders();
  const { repoUrl, repoToken, deliveryMode, description, workerMatrixId } = order?.hiring ?? {};
  expect([repoUrl, repoToken, deliveryMode, description, workerMatrixId]).toEqual([
    undefined,
    undefined,
    'output',
    read.description,
    undefined,
  ]);
});

test('a webhook alone that speaks of a repository has a person asked, and gives nothing to push to', async () => {
  const read = someHiring(BARE);
  const hiring = await opened(read, { ...read, ...FORGED });
  expect([hiring?.deliveryMode, hiring?.repoUrl, hiring?.repoToken]).toEqual([
    'unclear',
    undefined,
    undefined,
  ]);
  expect(await world.state(read.hiringId)).toBe('attention');
});

test('what an authenticated list says is not mixed with the token of a webhook', async () => {
  const read = someHiring(BARE);
  const listed = {
    ...read,
    repoUrl: 'https://github.com/acme/ui-kit',
    deliveryMode: 'push',
    deliveryStated: true,
  } as const;
  world.marketplace.hire(read);
  await world.ingest(listed, 'mcp');
  await world.ingest({ ...read, ...FORGED }, 'webhook');
  await world.run();
  const hiring = (await world.record(read.hiringId)).attempt?.hiring;
  expect([hiring?.repoUrl, hiring?.repoToken]).toEqual([undefined, undefined]);
});

test('where the read leaves the repository out, one authenticated list says all of it', async () => {
  const token = new Secret('ghp_rightful');
  const read = someHiring(BARE);
  const listed = {
    ...read,
    repoUrl: 'https://github.com/acme/ui-kit',
    repoToken: token,
    deliveryMode: 'push',
    deliveryStated: true,
  } as const;
  world.marketplace.hire(read);
  await world.ingest({ ...read, ...FORGED }, 'webhook');
  await world.ingest(listed, 'mcp');
  await world.run();
  const hiring = (await world.record(read.hiringId)).attempt?.hiring;
  expect([hiring?.repoUrl, hiring?.repoToken?.reveal(), hiring?.deliveryMode]).toEqual([
    listed.repoUrl,
    'ghp_rightful',
    'push',
  ]);
});
