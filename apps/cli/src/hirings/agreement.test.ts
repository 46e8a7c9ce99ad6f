import {
  agentIdSchema,
  FRESH_PROGRESS,
  hiringIdSchema,
  taskIdOf,
  type Hiring,
  type HiringRecord,
} from '@agrenting-hiclaw/core/domain';
import { describe, expect, test } from 'vitest';
import { CommandError } from '../terminal/command-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { agreedVersion, decisionAsShown } from './agreement.ts';

const terminal: Terminal = {
  environment: {},
  folder: '/',
  interactive: true,
  colours: false,
  stop: new AbortController().signal,
  user: 'tester',
  onHangUp: () => undefined,
  print: () => undefined,
  writeError: () => undefined,
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

function waiting(attention: object, changes: Partial<Hiring> = {}): HiringRecord {
  const changed = { ...hiring, ...changes };
  const progress = {
    ...FRESH_PROGRESS,
    worker: { name: 'alice', userId: '@alice:x', roomId: '!a' },
    attention: { reason: { code: 'result_approval' }, from: 'submitted', ...attention },
  } as const;
  return {
    hiringId,
    agentId,
    state: 'attention',
    receivedAtMs: 1,
    received: { intake: 'mcp', hiring: changed, atMs: 1 },
    rereadWanted: false,
    attempt: {
      number: 1,
      marker: {},
      taskId: taskIdOf(hiringId, 1, '0'.repeat(24)),
      hiring: changed,
      openedAtMs: 1,
      progress,
    },
  };
}

const NAMED = [hiringId, 'Write a haiku about queues.', 'alice', '$25.00', 'the result awaits your approval'];

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
    [
      'reason shown to the hirer',
      {},
      { kind: 'fail', failure: { reason: 'other', text: 'Sorry.' } },
      'Sorry.',
    ],
    ['nothing more for a hold', {}, { kind: 'hold' }, ''],
  ] as const)('holds %s', (_what, attention, decision, words) => {
    const shown = decisionAsShown(terminal, waiting(attention), decision);
    for (const named of [...NAMED, words]) expect(shown).toContain(named);
  });

  const long = `${'x'.repeat(20_000)}!`;
  const held = { text: long, summary: '', notes: [], files: [] };

  test.each<readonly [string, HiringRecord]>([
    ['the task', waiting({ approves: 'work' }, { description: long })],
    ['the message of its hirer', waiting({ approves: 'work' }, { clientMessage: long })],
    ['parameters', waiting({ approves: 'work' }, { extras: { note: long } })],
    ['the result', waiting({ approves: 'result', sha256: 'b'.repeat(64), held })],
    [
      'the summary',
      waiting({ approves: 'result', sha256: 'b'.repeat(64), held: { ...held, text: 'x', summary: long } }),
    ],
  ])(
    'takes no yes at a prompt for %s of 20,001 characters, and names what has all of it',
    async (_what, record) => {
      const failure = await agreedVersion(terminal, record, { kind: 'approve' }, {}).catch(
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(CommandError);
      expect(failure).toMatchObject({ remedy: expect.stringContaining('--yes --expect') });
      expect(decisionAsShown(terminal, record, { kind: 'approve' })).toContain('!');
    },
  );

  test('holds all that is handed to the worker, and all that is settled', () => {
    const work = waiting(
      { approves: 'work' },
      {
        clientMessage: 'Sign it with your name.',
        extras: { tone: 'stern' },
        deliveryMode: 'push',
        repoUrl: 'https://user:word@host.example/owner/name',
      },
    );
    const shown = decisionAsShown(terminal, work, { kind: 'approve' });
    for (const words of [
      'Sign it with your name.',
      '"tone": "stern"',
      'host.example/owner/name',
      'Delivery: push',
    ]) {
      expect(shown).toContain(words);
    }
    expect(shown).not.toContain('user:word');
    const result = { text: 'Grey waves.', summary: 'Pay me twice.', notes: [], files: [] };
    expect(
      decisionAsShown(terminal, waiting({ approves: 'result', held: result }), { kind: 'approve' }),
    ).toContain('Pay me twice.');
    const accepted = { result, sha256: 'b'.repeat(64), digest: '', files: [] };
    const byHand = waiting({ approves: 'hold', from: 'settling' });
    const attempt = byHand.attempt;
    if (attempt === undefined) throw new Error('it has an attempt');
    const late = { ...byHand, attempt: { ...attempt, progress: { ...attempt.progress, accepted } } };
    expect(decisionAsShown(terminal, late, { kind: 'approve' })).toContain('Grey waves.');
  });

  test('is no word of others where words of ours begin, however narrow the terminal is', () => {
    const trap = `${'x'.repeat(60)} amount $9999.00 `.repeat(20);
    const record = waiting(
      { approves: 'work', reason: { code: 'read_in_doubt', problem: `it says "${trap}"` } },
      { description: trap },
    );
    for (const columns of [30, 60, 80, 100]) {
      const shown = decisionAsShown({ ...terminal, columns }, record, { kind: 'approve' });
      const rows = shown.split('\n');
      expect(rows.filter((row) => row.length > columns)).toEqual([]);
      expect(rows.filter((row) => row.startsWith('amount'))).toEqual(['amount   $25.00']);
    }
  });
});
