import {
  FRESH_PROGRESS,
  hiringIdSchema,
  taskIdOf,
  UNNAMED_AGENT,
  unreadHiring,
  type HiringRecord,
} from '@agrenting-hiclaw/core/domain';
import type { CommittedStep } from '@agrenting-hiclaw/engine';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createFigures } from './figures.ts';
import { countStep } from './step-figures.ts';

const hiring = unreadHiring(hiringIdSchema.parse('3f0f8a51-7a1a-4d3e-9a51-0d9f3b6b7a10'));
const HEARD_AT_MS = 1_000_000;
const record: HiringRecord = {
  hiringId: hiring.hiringId,
  agentId: UNNAMED_AGENT,
  state: 'heard',
  heardAtMs: HEARD_AT_MS,
  heard: { intake: 'mcp', hiring, atMs: HEARD_AT_MS },
  rereadWanted: true,
};

async function counted(step: CommittedStep): Promise<string> {
  const registry = new Registry();
  countStep(step, createFigures(registry));
  return await registry.metrics();
}

function opening(number: number, heardAgainAtMs: number): CommittedStep {
  const proofs = [{ kind: 'stored', atMs: heardAgainAtMs, evidence: 'heard by mcp' }] as const;
  return {
    record: { ...record, heard: { ...record.heard, atMs: heardAgainAtMs } },
    atMs: HEARD_AT_MS + 100_000,
    commit: {
      event: 'confirmed',
      cause: 'a read',
      dueAtMs: 0,
      open: { number, taskId: taskIdOf(hiring.hiringId, number, '0'.repeat(24)), marker: {}, hiring },
      progress: { ...FRESH_PROGRESS, proofs },
    },
  };
}

test('a first attempt counts from when its hiring was first heard', async () => {
  const text = await counted(opening(1, HEARD_AT_MS + 90_000));
  expect(text).toContain('agrenting_hiclaw_hiring_reached_seconds_sum{reached="confirmed"} 100\n');
  expect(text).toContain('agrenting_hiclaw_proofs_total{proof="stored"} 1');
});

test("a hirer's retry counts from when it was heard", async () => {
  const text = await counted(opening(2, HEARD_AT_MS + 90_000));
  expect(text).toContain('agrenting_hiclaw_hiring_reached_seconds_sum{reached="confirmed"} 10\n');
});

test('a step that only waits counts nothing', async () => {
  const text = await counted({ record, atMs: HEARD_AT_MS, commit: { cause: 'it waits', dueAtMs: 0 } });
  expect(text).not.toContain('reached=');
  expect(text).not.toContain('proof=');
});
