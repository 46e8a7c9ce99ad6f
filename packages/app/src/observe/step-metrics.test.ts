import {
  FRESH_PROGRESS,
  hiringIdSchema,
  taskIdOf,
  UNNAMED_AGENT,
  unreadHiring,
  type HiringRecord,
  isHold,
} from '@agrenting-hiclaw/core/domain';
import type { CommittedStep } from '@agrenting-hiclaw/engine';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { sampleReasons } from '../../../core/src/domain/testing/attention-reasons.ts';
import { createAppMetrics } from './metrics.ts';
import { countStep } from './step-metrics.ts';

const hiring = unreadHiring(hiringIdSchema.parse('3f0f8a51-7a1a-4d3e-9a51-0d9f3b6b7a10'));
const RECEIVED_AT_MS = 1_000_000;
const record: HiringRecord = {
  hiringId: hiring.hiringId,
  agentId: UNNAMED_AGENT,
  state: 'received',
  receivedAtMs: RECEIVED_AT_MS,
  received: { intake: 'mcp', hiring, atMs: RECEIVED_AT_MS },
  rereadWanted: true,
};

async function counted(step: CommittedStep): Promise<string> {
  const registry = new Registry();
  countStep(step, createAppMetrics(registry));
  return await registry.metrics();
}

function opening(number: number, receivedAgainAtMs: number): CommittedStep {
  const milestones = [{ kind: 'stored', atMs: receivedAgainAtMs, evidence: 'received by mcp' }] as const;
  return {
    record: { ...record, received: { ...record.received, atMs: receivedAgainAtMs } },
    atMs: RECEIVED_AT_MS + 100_000,
    commit: {
      event: 'confirmed',
      cause: 'a read',
      dueAtMs: 0,
      open: { number, taskId: taskIdOf(hiring.hiringId, number, '0'.repeat(24)), marker: {}, hiring },
      progress: { ...FRESH_PROGRESS, milestones },
    },
  };
}

test('a first attempt counts from when its hiring was first heard', async () => {
  const text = await counted(opening(1, RECEIVED_AT_MS + 90_000));
  expect(text).toContain('agrenting_hiclaw_hiring_reached_seconds_sum{reached="confirmed"} 100\n');
  expect(text).toContain('agrenting_hiclaw_milestones_total{milestone="stored"} 1');
});

test("a hirer's retry counts from when it was heard", async () => {
  const text = await counted(opening(2, RECEIVED_AT_MS + 90_000));
  expect(text).toContain('agrenting_hiclaw_hiring_reached_seconds_sum{reached="confirmed"} 10\n');
});

test('a step that only waits counts nothing', async () => {
  const text = await counted({ record, atMs: RECEIVED_AT_MS, commit: { cause: 'it waits', dueAtMs: 0 } });
  expect(text).not.toContain('reached=');
  expect(text).not.toContain('proof=');
});

test.each(Object.values(sampleReasons((field) => field)).filter(isHold))(
  'a result that is held is counted by its code: $code',
  async (reason) => {
    const submitted = { ...record, state: 'submitted' as const };
    const attention = { reason, from: 'submitted' as const };
    const held: CommittedStep['commit'] = {
      event: 'operator_required',
      cause: 'x',
      dueAtMs: 0,
      progress: { ...FRESH_PROGRESS, attention },
    };
    const failure = { reason: 'other', text: 'No result' } as const;
    const verdict = { kind: 'failure', failure, held: reason.code } as const;
    const failed: CommittedStep['commit'] = {
      event: 'failure_decided',
      cause: 'x',
      progress: { ...FRESH_PROGRESS, verdict },
    };
    for (const commit of [held, failed]) {
      const text = await counted({ record: submitted, atMs: RECEIVED_AT_MS, commit });
      expect(text).toContain(`agrenting_hiclaw_gate_holds_total{reason="${reason.code}"} 1`);
    }
  },
);
