import { randomUUID } from 'node:crypto';
import { startAdapter } from '@agrenting-hiclaw/app';
import {
  FRESH_PROGRESS,
  hiringIdSchema,
  nextSettlement,
  taskIdOf,
  type AgentId,
  type AttemptProgress,
  type Attention,
  type CommandQuestion,
  type Hiring,
  type HiringId,
  type StepCommit,
  type WorkerAddress,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { checkConfiguration } from '@agrenting-hiclaw/runtime';
import { startAdminServer } from '../src/server.ts';
import type { RunningAdminApi } from '../src/app.ts';
import { admin } from './environment.ts';

/** The app with an engine that takes up nothing, so that what a command did stays to be seen. */
export async function startIdleStore(
  settings: Record<string, unknown>,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<RunningAdminApi> {
  const loaded = await checkConfiguration({ admin, ...settings }, {}, { admin: true });
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const { PATH, HOME } = process.env;
  const whole = { PATH, HOME, ...environment };
  let adminUrl = '';
  let notice = '';
  const adapter = await startAdapter({
    name: 'admin-api',
    configuration: loaded.configuration,
    environment: whole,
    engine: { concurrency: 0 },
    startIntake: async (parts) => {
      const side = await startAdminServer(parts, whole);
      ({ url: adminUrl, notice } = side);
      return side;
    },
  });
  return { ...adapter, adminUrl, notice };
}

/** Where a hiring stands, and for whose word it waits. */
export const STANDINGS = [
  'received',
  'confirmed',
  'staged',
  'sent',
  'acknowledged',
  'submitted',
  'settling',
  'attention',
  'attention for the work',
  'attention for the result',
  'attention by hold',
  'attention for a command',
  'completed',
  'failed',
  'cancelled',
  'rejected',
] as const;

export type Standing = (typeof STANDINGS)[number];

const NOTE = { reason: { code: 'worker_question' }, from: 'acknowledged' } as const;
/** Of a worker that said nothing in its room. */
const QUESTION: CommandQuestion = {
  eventId: '$question',
  firstEventId: '$question',
  text: 'Waiting for approval: rm -r build',
  characters: 33,
  atMs: 1,
};
const ATTENTION: Readonly<Partial<Record<Standing, Attention>>> = {
  attention: NOTE,
  'attention for the work': { reason: { code: 'work_approval' }, from: 'confirmed', approves: 'work' },
  'attention for the result': {
    reason: { code: 'result_approval' },
    from: 'submitted',
    approves: 'result',
    judged: 'digest',
    sha256: 'c0ffee',
  },
  'attention by hold': { ...NOTE, reason: { code: 'held_by_operator' }, approves: 'hold' },
  'attention for a command': {
    ...NOTE,
    reason: { code: 'guard_question', isShownWhole: true },
  },
};

/** The moves that lead there. */
const WAYS: Readonly<Record<Standing, readonly NonNullable<StepCommit['event']>[]>> = {
  received: [],
  confirmed: ['confirmed'],
  staged: ['confirmed', 'staged'],
  sent: ['confirmed', 'staged', 'sent'],
  acknowledged: ['confirmed', 'staged', 'sent', 'acknowledged'],
  submitted: ['confirmed', 'staged', 'sent', 'acknowledged', 'submitted'],
  settling: ['confirmed', 'staged', 'sent', 'failure_decided'],
  attention: ['confirmed', 'staged', 'sent', 'operator_required'],
  'attention for the work': ['confirmed', 'operator_required'],
  'attention for the result': ['confirmed', 'staged', 'sent', 'submitted', 'operator_required'],
  'attention by hold': ['confirmed', 'staged', 'sent', 'acknowledged', 'operator_held'],
  'attention for a command': ['confirmed', 'staged', 'sent', 'acknowledged', 'operator_required'],
  completed: ['confirmed', 'over_completed'],
  failed: ['confirmed', 'over_failed'],
  cancelled: ['confirmed', 'over_cancelled'],
  rejected: ['absent'],
};

const DAY_MS = 86_400_000;

export interface Placing {
  readonly store: Store;
  readonly agentId: AgentId;
  readonly worker: WorkerAddress;
}

/** Puts a new hiring into the store, by the moves of the state table, as the engine would. */
export async function placeHiring(
  { store, agentId, worker }: Placing,
  standing: Standing,
  description = 'Write a haiku about queues.',
  kept: Partial<AttemptProgress> = {},
): Promise<HiringId> {
  const hiringId = hiringIdSchema.parse(randomUUID());
  const hiring: Hiring = {
    hiringId,
    agentId,
    status: 'in_progress',
    marker: {},
    description,
    price: '25.00',
    deliveryMode: 'output',
    deliveryStated: true,
    extras: {},
    problems: [],
  };
  const raw = JSON.stringify({ id: hiringId });
  const nowMs = Date.now();
  await store.hirings.accept([
    { intake: 'mcp', agentId, atMs: nowMs, parsed: { kind: 'hiring', hiring }, raw },
  ]);
  let progress: AttemptProgress = { ...FRESH_PROGRESS, worker };
  const way = WAYS[standing];
  for (const [index, event] of way.entries()) {
    const opens = event === 'confirmed';
    if (event === 'sent') {
      const message = {
        purpose: 'assignment',
        number: 1,
        eventId: '$one',
        sentAtMs: nowMs,
        afterSequence: 0,
      } as const;
      progress = { ...progress, messages: [message] };
    }
    if (event === 'operator_required' || event === 'operator_held') {
      progress = { ...progress, attention: ATTENTION[standing] };
      if (standing === 'attention for a command') progress = { ...progress, guard: QUESTION };
      progress = { ...progress, ...kept };
    }
    await takeStep(store, hiringId, {
      event,
      cause: `on its way to ${standing}`,
      // Out of the way of the next one, once it stands where it is to stand.
      dueAtMs: index === way.length - 1 ? nowMs + DAY_MS : nowMs,
      open: opens
        ? { number: 1, taskId: taskIdOf(hiringId, 1, '0'.repeat(24)), marker: {}, hiring }
        : undefined,
      progress: event === 'absent' ? undefined : progress,
      reread: opens,
      settlement:
        event === 'failure_decided'
          ? nextSettlement(
              hiringId,
              { number: 1 },
              { kind: 'failure', failure: { reason: 'other', text: 'No.' } },
            )
          : undefined,
    });
  }
  return hiringId;
}

/** Claims a hiring and commits one step of it; what else is due is handed back. */
async function takeStep(store: Store, hiringId: HiringId, step: StepCommit): Promise<void> {
  const nowMs = Date.now();
  const claims = await store.hirings.claim({ holder: 'test', nowMs, leaseMs: 60_000, limit: 1_000 });
  for (const claim of claims) if (claim.record.hiringId !== hiringId) await store.hirings.release(claim);
  const claim = claims.find(({ record }) => record.hiringId === hiringId);
  const outcome = claim === undefined ? 'not due' : await store.hirings.commit(claim, step, nowMs);
  if (outcome !== 'committed') throw new Error(`the step ${step.event} of ${hiringId} was ${outcome}`);
}
