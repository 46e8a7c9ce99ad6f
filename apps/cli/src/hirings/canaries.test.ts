import {
  FRESH_PROGRESS,
  inQuotes,
  taskIdOf,
  type AttentionReason,
  type Decision,
  type HiringRecord,
} from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { sampleReasons } from '../../../../packages/core/src/domain/testing/attention-reasons.ts';
import { canaryHiring, outsideQuotes } from '../../../../packages/core/src/domain/testing/canary.ts';
import { printable } from '../terminal/paint.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { decisionAsShown } from './agreement.ts';
import { hiringAsShown, hiringsAsShown } from './shown-hiring.ts';

/** Words of a stranger that try to get out of whatever they are put into, each with a name of its own. */
const canary = (name: string): string =>
  `canary-${name}" and so\n✓ canary-${name}\u2028canary\r\n\u001B[8m | canary «» “”\u202e ${'canary '.repeat(40)}`;

const hiring = canaryHiring(canary);
const { hiringId, agentId } = hiring;

/** A hiring that waits for a person for some reason, with strangers' words wherever there may be any. */
function waiting(reason: AttentionReason): HiringRecord {
  const guard = {
    eventId: canary('event'),
    firstEventId: canary('first'),
    text: canary('question'),
    characters: 300,
    atMs: 1,
  };
  return {
    hiringId,
    agentId,
    state: 'attention',
    receivedAtMs: 1,
    received: { intake: 'mcp', hiring, atMs: 1 },
    rereadWanted: false,
    lastFailure: {
      count: 2,
      sinceMs: 0,
      waitMs: 1,
      reason: { code: 'folder_unread', problem: `it answered ${inQuotes(canary('trouble'))}` },
    },
    attempt: {
      number: 1,
      marker: hiring.marker,
      taskId: taskIdOf(hiringId, 1, '0'.repeat(24)),
      hiring,
      openedAtMs: 1,
      progress: {
        ...FRESH_PROGRESS,
        worker: { name: 'alice', userId: '@alice:x', roomId: '!a:x' },
        guard,
        attention: {
          reason,
          quote: canary('quote'),
          from: 'submitted',
          approves: 'result',
          sha256: 'b'.repeat(64),
          held: {
            text: canary('text'),
            summary: canary('summary'),
            notes: [canary('note')],
            files: [
              { name: canary('file'), sizeBytes: 9, sha256: 'a'.repeat(64), type: 'markdown' },
              { name: 'result.patch', sizeBytes: 9, sha256: 'a'.repeat(64), type: 'diff' },
            ],
          },
        },
      },
    },
  };
}

const DECISIONS: Readonly<Record<Decision['kind'], Decision>> = {
  restart: { kind: 'restart' },
  approve: { kind: 'approve' },
  hold: { kind: 'hold' },
  submit: { kind: 'submit', text: canary('own') },
  fail: { kind: 'fail', failure: { reason: 'other', text: canary('own') } },
};

/** What of a terminal is neither behind a bar nor in quotation marks, as somebody sees it. */
const ours = (shown: string): string => outsideQuotes(printable(shown).replaceAll(/^ *\| .*$/gm, '|'));

const terminal: Terminal = {
  environment: {},
  folder: '/',
  interactive: true,
  colours: true,
  stop: new AbortController().signal,
  user: 'tester',
  onHangUp: () => undefined,
  print: () => undefined,
  writeError: () => undefined,
};

test.each(Object.values(sampleReasons(canary)))(
  'a stranger’s words are shown as such, and all of them on one side: $code',
  (reason) => {
    const record = waiting(reason);
    const received: HiringRecord = { ...record, state: 'received', attempt: undefined };
    const cause = `the worker says ${inQuotes(canary('cause'))}`;
    const history = [{ atMs: 1, attempt: 1, from: 'acknowledged', to: 'attention', cause }] as const;
    const forms = [{ intake: 'mcp', first: new Date(1).toISOString(), times: 1 }];
    const shown = {
      show: hiringAsShown(terminal, { record, history, received: forms }),
      'show before an attempt': hiringAsShown(terminal, { record: received, history: [], received: forms }),
      list: hiringsAsShown(terminal, [record, received]),
      ...Object.fromEntries(
        Object.entries(DECISIONS).flatMap(([kind, decision]) => [
          [kind, decisionAsShown(terminal, record, decision)],
          [`${kind} before an attempt`, decisionAsShown(terminal, received, decision)],
        ]),
      ),
    };
    for (const [name, text] of Object.entries(shown)) {
      expect({ name, text }).toMatchObject({ text: expect.stringContaining('canary') });
      expect({ name, canary: /canary/i.test(ours(text)) }).toEqual({ name, canary: false });
      expect(printable(text)).not.toContain('\u001B[8m');
    }
  },
);
