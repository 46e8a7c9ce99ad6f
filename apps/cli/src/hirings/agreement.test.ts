import {
  agentIdSchema,
  FRESH_PROGRESS,
  hiringIdSchema,
  taskIdOf,
  type HiringRecord,
} from '@agrenting-hiclaw/core/domain';
import { describe, expect, test } from 'vitest';
import type { Terminal } from '../terminal/terminal.ts';
import { decisionAsShown } from './agreement.ts';

const terminal: Terminal = {
  environment: {},
  folder: '/',
  interactive: true,
  colours: false,
  stop: new AbortController().signal,
  print: () => undefined,
  complain: () => undefined,
};
const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
const agentId = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f');
const hiring = {
  hiringId,
  agentId,
  status: 'in_progress',
  marker: {},
  description: 'Write a haiku about queues.\nAnd nothing else.',
  price: '25.00',
  deliveryMode: 'output',
  deliveryStated: true,
  extras: {},
  problems: [],
} as const;

function waiting(attention: object): HiringRecord {
  const progress = {
    ...FRESH_PROGRESS,
    worker: { name: 'alice', userId: '@alice:x', roomId: '!a' },
    attention: { why: 'it waits', todo: 'Look.', from: 'submitted', ...attention },
  } as const;
  return {
    hiringId,
    agentId,
    state: 'attention',
    heardAtMs: 1,
    heard: { intake: 'mcp', hiring, atMs: 1 },
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
}

const NAMED = [hiringId, 'Write a haiku about queues.', 'alice', '$25.00', 'it waits'];

describe('what somebody sees before a yes', () => {
  test('names the hiring, and holds the whole result with its files', () => {
    const text = `${'Grey waves fold and fall.\n'.repeat(400)}the last line`;
    const held = {
      text,
      summary: 'x',
      notes: ['two lines unsure'],
      files: [{ name: '../a.md', sizeBytes: 9, sha256: 'a'.repeat(64), type: 'markdown' }],
    };
    const shown = decisionAsShown(terminal, waiting({ approves: 'result', sha256: 'b'.repeat(64), held }), {
      kind: 'approve',
    });
    for (const words of [...NAMED, 'the last line', 'two lines unsure', '"a.md", 9 bytes', 'a'.repeat(16)]) {
      expect(shown).toContain(words);
    }
    expect(shown).not.toContain('../');
  });

  test('says that a result that is not kept cannot be read here', () => {
    const shown = decisionAsShown(terminal, waiting({ approves: 'result', sha256: 'b'.repeat(64) }), {
      kind: 'approve',
    });
    expect(shown).toContain('task folder');
  });

  test.each([
    ['the task where the work is approved', { approves: 'work' }, { kind: 'approve' }, 'And nothing else.'],
    ['the text that is settled', {}, { kind: 'submit', text: 'My own words.' }, 'My own words.'],
    ['what the hirer reads', {}, { kind: 'fail', failure: { reason: 'other', text: 'Sorry.' } }, 'Sorry.'],
    ['nothing more for a hold', {}, { kind: 'hold' }, ''],
  ] as const)('holds %s', (_what, attention, decision, words) => {
    const shown = decisionAsShown(terminal, waiting(attention), decision);
    for (const named of [...NAMED, words]) expect(shown).toContain(named);
  });
});
