import { describe, expect, test } from 'vitest';
import type { AttemptProgress, Attention, HiringRecord } from './hiring-record.ts';
import { FRESH_PROGRESS } from './hiring-record.ts';
import { agentIdSchema, hiringIdSchema, taskIdOf } from './ids.ts';
import { possibleCommands, commandStep } from '../commands/operator-command.ts';
import { STATES } from './states.ts';
import { versionOf } from './hiring-version.ts';

const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
const agentId = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f');
const hiring = {
  hiringId,
  agentId,
  status: 'in_progress',
  marker: {},
  description: 'Write a haiku.',
  price: '25.00',
  deliveryMode: 'output',
  deliveryStated: true,
  extras: {},
  problems: [],
} as const;
const held = {
  text: 'Grey waves fold and fall.',
  summary: 'A haiku',
  notes: [],
  files: [{ name: 'a.md', sizeBytes: 3, sha256: 'a'.repeat(64), type: 'markdown' }],
} as const;
const attention: Attention = {
  reason: { code: 'result_unclear', unclear: { code: 'partial', summary: 'a part' } },
  from: 'submitted',
  approves: 'result',
  judged: 'digest',
  sha256: 'b'.repeat(64),
  held,
};
const guard = { eventId: '$1', firstEventId: '$1', text: 'ls', characters: 2, atMs: 1 };
const progress: AttemptProgress = {
  ...FRESH_PROGRESS,
  worker: { name: 'alice', userId: '@alice:x', roomId: '!a' },
  attention,
  guard,
};
const record: HiringRecord = {
  hiringId,
  agentId,
  state: 'attention',
  receivedAtMs: 1,
  received: { intake: 'mcp', hiring, atMs: 1 },
  rereadWanted: false,
  attempt: {
    number: 1,
    marker: {},
    taskId: taskIdOf(hiringId, 1, '0'.repeat(24)),
    hiring,
    openedAtMs: 1,
    progress,
  },
};

const attempt = record.attempt;
if (attempt === undefined) throw new Error('it has an attempt');
const having = (changes: Partial<AttemptProgress>): HiringRecord => ({
  ...record,
  attempt: { ...attempt, progress: { ...progress, ...changes } },
});
const needing = (changes: Partial<Attention>): HiringRecord =>
  having({ attention: { ...attention, ...changes } });
const asking = (eventId: string): HiringRecord =>
  having({
    attention: { ...attention, reason: { code: 'guard_question', isShownWhole: true } },
    guard: { ...guard, eventId },
  });

/** What decides, each changed separately. */
const DECIDES: Readonly<Record<string, HiringRecord>> = {
  'the state': { ...record, state: 'submitted' },
  'the attempt': { ...record, attempt: { ...attempt, number: 2 } },
  'no attempt': { ...record, attempt: undefined },
  'the price': { ...record, attempt: { ...attempt, hiring: { ...hiring, price: '1.00' } } },
  'the task': { ...record, attempt: { ...attempt, hiring: { ...hiring, description: 'Delete it.' } } },
  'the parameters': { ...record, attempt: { ...attempt, hiring: { ...hiring, extras: { tone: 'stern' } } } },
  'who stated the delivery': {
    ...record,
    attempt: { ...attempt, hiring: { ...hiring, deliveryStated: false } },
  },
  'the worker': having({ worker: { name: 'bob', userId: '@bob:x', roomId: '!b' } }),
  'why it waits': needing({ reason: { code: 'result_echo' } }),
  'what is known of why it waits': needing({
    reason: { code: 'result_unclear', unclear: { code: 'partial', summary: 'another' } },
  }),
  'what the worker says': needing({ quote: 'I had to guess.' }),
  'what a yes lets go': needing({ approves: 'work' }),
  'the result that is held': needing({ sha256: 'c'.repeat(64) }),
  'a result without a digest': needing({ sha256: undefined }),
  'another result without a digest': needing({ sha256: undefined, held: { ...held, text: 'Other words.' } }),
  'a question': asking('$1'),
  'another question': asking('$2'),
  'what was approved': having({ approved: { work: true } }),
  'a price that was approved': having({ approved: { price: true } }),
  'what was accepted': having({
    accepted: { result: held, sha256: 'd'.repeat(64), digest: 'x', files: held.files },
  }),
  'what was pushed': having({
    accepted: {
      result: held,
      sha256: 'd'.repeat(64),
      digest: 'x',
      files: held.files,
      pushed: { branch: 'b', commits: ['c'], filesChanged: ['f'] },
    },
  }),
  'a settlement': {
    ...record,
    attempt: {
      ...attempt,
      settlement: { endpoint: 'failure', generation: 1, idempotencyKey: 'k', body: '{}', unknownSends: 0 },
    },
  },
};

/** What happens while nothing is decided. */
const DECIDES_NOTHING: Readonly<Record<string, HiringRecord>> = {
  'an activity of the worker': having({
    activitySequence: 9,
    lastActivityAtMs: 9,
    milestones: [{ kind: 'seen', atMs: 9, evidence: 'receipt' }],
  }),
  'an upload': having({ otherArtifacts: ['art_1'] }),
  lastFailure: {
    ...record,
    lastFailure: { count: 1, sinceMs: 0, waitMs: 1, reason: { code: 'git_missing' } },
  },
  'a read': { ...record, lastReadAtMs: 9, rereadWanted: true },
  'another form in which it was heard': { ...record, received: { intake: 'poll', hiring, atMs: 9 } },
};

describe('the version of a hiring', () => {
  test('is another for each thing that decides, and no two are alike', () => {
    const versions = Object.entries(DECIDES).map(([name, changed]) => [versionOf(changed), name]);
    versions.push([versionOf(record), 'as it was']);
    expect(new Map(versions.map(([version = '', name]) => [version, name])).size).toBe(versions.length);
    for (const [version] of versions) expect(version).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each(Object.entries(DECIDES_NOTHING))('stays the same for %s', (_name, changed) => {
    expect(versionOf(changed)).toBe(versionOf(record));
  });

  test.each(STATES)('is asked for by every decision while it is %s', (state) => {
    const now = { ...record, state };
    const stale = versionOf({ ...now, agentId: agentIdSchema.parse(hiringId) });
    for (const decision of [
      { kind: 'restart' },
      { kind: 'approve' },
      { kind: 'hold' },
      { kind: 'fail', failure: { reason: 'other', text: 'No.' } },
      { kind: 'submit', text: 'Grey waves fold and fall, the last boats come home empty.' },
    ] as const) {
      const made = commandStep(now, { ...decision, version: stale }, 1);
      expect(made).toEqual({ kind: 'changed', version: versionOf(now) });
      const fresh = commandStep(now, { ...decision, version: versionOf(now) }, 1);
      expect([decision.kind, fresh.kind === 'step']).toEqual([
        decision.kind,
        possibleCommands(now).includes(decision.kind),
      ]);
    }
  });
});
