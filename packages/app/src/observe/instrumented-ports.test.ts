import {
  agentIdSchema,
  artifactOf,
  hiringIdSchema,
  Secret,
  taskIdOf,
  unreadHiring,
  type SendOutcome,
} from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from '@agrenting-hiclaw/engine';
import { Registry } from 'prom-client';
import { expect, test as base } from 'vitest';
import { createAppMetrics } from './metrics.ts';
import { instrumented } from './instrumented-ports.ts';

const agentId = agentIdSchema.parse('5d2c1f0e-0c55-4a1e-8f2b-3c0d7a9e4b21');
const hiringId = hiringIdSchema.parse('3f0f8a51-7a1a-4d3e-9a51-0d9f3b6b7a10');
const taskId = taskIdOf(hiringId, 1, '0'.repeat(24));
const worker = { name: 'alice', userId: '@alice:local', roomId: '!room' };

/** Ports of which each call gives what a test of it says; the others are never called. */
function portsWith(given: {
  readonly send?: SendOutcome;
  readonly stage?: () => Promise<never>;
}): Parameters<typeof instrumented>[0] {
  const never = async (): Promise<never> => await Promise.reject(new Error('nobody calls this'));
  const storage: EnginePorts['storage'] = {
    stage: given.stage ?? never,
    inspect: never,
    collect: never,
    read: never,
    addMessage: async () => await Promise.resolve({ kind: 'unavailable', problem: 'down' }),
    verify: never,
    forgetToken: never,
    noteDelegated: async () => await Promise.resolve(),
  };
  return {
    marketplace: {
      readHiring: async () => await Promise.resolve({ kind: 'absent' }),
      settle: async () => await Promise.resolve({ kind: 'later', problem: 'not now' }),
      upload: async () => await Promise.resolve({ kind: 'uploaded', ids: ['1', '2'] }),
      artifacts: never,
      artifactDigest: never,
      sendMessage: async () => await Promise.resolve({ kind: 'delivered' }),
      context: async () => await Promise.resolve('be kind'),
    },
    messenger: {
      send: async () => await Promise.resolve(given.send ?? { kind: 'sent', eventId: '$1' }),
      findAssignments: never,
    },
    rooms: { open: never },
    storage,
    lifecycle: { ensureReady: async () => await Promise.resolve({ kind: 'starting', waitMs: 1 }) },
    repositories: {
      source: never,
      push: async () => await Promise.resolve({ kind: 'denied', problem: 'no' }),
    },
  };
}

const test = base.extend<{ readonly registry: Registry }>({
  registry: async ({ task: _ofThisTest }, use) => await use(new Registry()),
});

const prefix = 'agrenting_hiclaw_';
const message = { worker, hiringId, taskId, attempt: 1, purpose: 'assignment' } as const;

test('files and their bytes count once they are taken', async ({ registry }) => {
  const { marketplace } = instrumented(portsWith({}), createAppMetrics(registry));
  const files = ['one', 'three'].map((text) =>
    artifactOf(`${text}.txt`, { bytes: Buffer.from(text), sha256: '00' }),
  );
  expect(await marketplace.upload(agentId, hiringId, files)).toEqual({ kind: 'uploaded', ids: ['1', '2'] });
  const text = await registry.metrics();
  expect(text).toContain(`${prefix}uploaded_files_total 2`);
  expect(text).toContain(`${prefix}uploaded_bytes_total 8`);
  expect(text).toContain(`${prefix}uploads_total{outcome="uploaded"} 1`);
});

test('a push counts by what came of it', async ({ registry }) => {
  const { repositories } = instrumented(portsWith({}), createAppMetrics(registry));
  await repositories?.push({
    taskId,
    hiringId,
    access: { url: 'https://git.example/a', token: new Secret('canary-token') },
    base: { branch: 'main', commit: 'a'.repeat(40) },
    delivery: { kind: 'patch', bytes: Buffer.from('') },
    summary: 'canary summary',
    atMs: 0,
    findingsApproved: false,
  });
  const text = await registry.metrics();
  expect(text).toContain(`${prefix}pushes_total{outcome="denied"} 1`);
  expect(text).toContain(`${prefix}outside_calls_total{system="git",call="push",outcome="denied"} 1`);
  expect(text).not.toContain('canary');
});

test('a message that is put off counts with its wait, and its number has a bound', async ({ registry }) => {
  const limited = portsWith({ send: { kind: 'limited', retryAfterMs: 1_500 } });
  const { messenger } = instrumented(limited, createAppMetrics(registry));
  await messenger.send({ ...message, number: 4 });
  await messenger.send({ ...message, number: 99 });
  const text = await registry.metrics();
  expect(text).toContain(`${prefix}matrix_limit_waits_total 2`);
  expect(text).toContain(`${prefix}matrix_limit_wait_seconds_total 3`);
  expect(text).toContain('purpose="assignment",number="4",outcome="limited"} 1');
  expect(text).toContain('purpose="assignment",number="5+",outcome="limited"} 1');
});

test('a conversation counts each way, delivered or not', async ({ registry }) => {
  const { marketplace, storage } = instrumented(portsWith({}), createAppMetrics(registry));
  await marketplace.sendMessage(agentId, hiringId, { kind: 'notice', text: 'hello', idempotencyKey: 'k' });
  await storage.addMessage(taskId, { number: 1, kind: 'message', text: 'hello' });
  const text = await registry.metrics();
  expect(text).toContain(`${prefix}conversation_messages_total{direction="to_hirer",outcome="delivered"} 1`);
  expect(text).toContain(`${prefix}conversation_messages_total{direction="to_worker",outcome="failed"} 1`);
});

test('a call that throws is counted, and still throws', async ({ registry }) => {
  const failing = portsWith({ stage: async () => await Promise.reject(new TypeError('a bug')) });
  const { storage, lifecycle } = instrumented(failing, createAppMetrics(registry));
  const order = { taskId, attempt: 1, worker, receivedAtMs: 0, hiring: unreadHiring(hiringId) };
  await expect(storage.stage(order)).rejects.toThrow('a bug');
  await storage.noteDelegated(taskId, 0);
  await lifecycle.ensureReady(worker);
  const text = await registry.metrics();
  expect(text).toContain(`${prefix}outside_calls_total{system="storage",call="stage",outcome="threw"} 1`);
  expect(text).toContain(
    `${prefix}outside_calls_total{system="storage",call="note_delegated",outcome="done"} 1`,
  );
  expect(text).toContain(`${prefix}outside_call_seconds_count{system="storage",call="stage"} 1`);
  expect(text).toContain(`${prefix}worker_starts_total 1`);
});
