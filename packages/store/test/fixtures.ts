import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  agentIdSchema,
  FRESH_PROGRESS,
  hiringIdSchema,
  Secret,
  taskIdOf,
  type AgentId,
  type AttemptProgress,
  type Claim,
  type ReceivedDelivery,
  type Hiring,
  type HiringId,
  type HiringStore,
  type SendRate,
  type Settlement,
  type StepCommit,
  type TaskId,
  type WorkerAddress,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { EncryptionKey } from '../src/sqlite/connection/encryption-key.ts';
import { openStore, type StoreOptions } from '../src/sqlite/store.ts';

export const KEY = EncryptionKey.fromText('11'.repeat(32));
export const AGENT: AgentId = agentIdSchema.parse('0a0a0a0a-0000-4000-8000-000000000001');
export const OTHER_AGENT: AgentId = agentIdSchema.parse('0a0a0a0a-0000-4000-8000-000000000002');
export const WORKER: WorkerAddress = { name: 'alice', userId: '@alice:test', roomId: '!room:test' };

/** A hundred messages a second after the first three. */
export const SEND_RATE: SendRate = { perMinute: 6_000, burst: 3 };

export const newHiringId = (): HiringId => hiringIdSchema.parse(randomUUID());

export function hiringOf(hiringId: HiringId, more: Partial<Hiring> = {}): Hiring {
  return {
    hiringId,
    agentId: AGENT,
    status: 'in_progress',
    marker: {},
    description: 'Write a haiku about queues.',
    price: '25.00',
    deliveryMode: 'output',
    deliveryStated: true,
    extras: { language: 'en' },
    problems: [],
    ...more,
  };
}

export function deliveryOf(
  hiringId: HiringId,
  more: Partial<ReceivedDelivery> = {},
  hiring: Partial<Hiring> = {},
): ReceivedDelivery {
  return {
    intake: 'mcp',
    agentId: AGENT,
    atMs: 1_000,
    parsed: { kind: 'hiring', hiring: hiringOf(hiringId, hiring) },
    raw: JSON.stringify({ id: hiringId, status: 'in_progress' }),
    ...more,
  };
}

export function malformedOf(raw: string, hiringId?: HiringId): ReceivedDelivery {
  return {
    intake: 'webhook',
    agentId: AGENT,
    atMs: 1_000,
    parsed: { kind: 'malformed', hiringId, problem: 'status is missing' },
    raw,
  };
}

export function progressOf(more: Partial<AttemptProgress> = {}): AttemptProgress {
  return { ...FRESH_PROGRESS, worker: WORKER, ...more };
}

export function settlementOf(generation: number, more: Partial<Settlement> = {}): Settlement {
  return {
    endpoint: 'result',
    generation,
    idempotencyKey: `key-${randomUUID()}`,
    body: '{"output":{"text":"done well"}}',
    unknownSends: 0,
    ...more,
  };
}

export const TOKEN = new Secret('ghp_planted_canary_token');

/** The task id of an attempt in these tests. */
export const taskOf = (hiringId: HiringId, number: number): TaskId =>
  taskIdOf(hiringId, number, '0'.repeat(24));

/** The steps of a hiring that goes well, up to and with the named one. */
export function openingOf(hiringId: HiringId, number: number, dueAtMs: number): StepCommit {
  return {
    event: 'confirmed',
    cause: 'the marketplace has it',
    open: {
      number,
      taskId: taskOf(hiringId, number),
      marker: { traceAttempt: number },
      hiring: hiringOf(hiringId),
    },
    progress: progressOf(),
    reread: true,
    dueAtMs,
  };
}

/** Claims exactly this hiring; other ones that are due are handed back. */
export async function claimOf(store: HiringStore, hiringId: HiringId, nowMs: number): Promise<Claim> {
  const claims = await store.claim({ holder: 'test', nowMs, leaseMs: 60_000, limit: 1_000 });
  const wanted = claims.find((claim) => claim.record.hiringId === hiringId);
  for (const claim of claims) if (claim !== wanted) await store.release(claim);
  if (wanted === undefined) throw new Error(`hiring ${hiringId} is not due at ${nowMs}`);
  return wanted;
}

/** Claims a hiring and commits one step, which has to succeed. */
export async function take(
  store: HiringStore,
  hiringId: HiringId,
  step: StepCommit,
  nowMs: number,
): Promise<void> {
  const outcome = await store.commit(await claimOf(store, hiringId, nowMs), step, nowMs);
  if (outcome !== 'committed') throw new Error(`the step of hiring ${hiringId} was ${outcome}`);
}

/** A directory of its own that goes when the test is over. */
export function temporaryDirectory(parent = tmpdir()): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(parent, 'agrenting-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Opens a store on a file under a clock that the test sets. */
export function openTestStore(
  file: string,
  more: Partial<StoreOptions> = {},
): { store: Store; clock: { nowMs: number } } {
  const clock = { nowMs: 1_000 };
  return { store: openStore({ file, key: KEY, clockNowMs: () => clock.nowMs, ...more }), clock };
}
