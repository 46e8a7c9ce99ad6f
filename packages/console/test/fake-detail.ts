import type { FakeHiring } from './fake-data.ts';

/** The whole of one hiring; every fifth was written by somebody who wishes us ill. */
export function detailOf(hiring: FakeHiring, index: number): unknown {
  const received = Date.parse(hiring.receivedAt);
  const at = (seconds: number): string => new Date(received + seconds * 1_000).toISOString();
  const hostile = index % 5 === 0;
  const over = hiring.state === 'completed' || hiring.state === 'failed';
  return {
    ...hiring,
    question:
      hiring.needs?.reason === 'guard_question'
        ? {
            eventId: '$question:matrix-local.hiclaw.io',
            text: 'Waiting for approval\n\nMay I run `npm install`?',
            characters: 46,
            shownWhole: true,
            askedAt: at(20),
          }
        : null,
    description: hostile
      ? `${HOSTILE}\n\n${'long'.repeat(1_250)}`
      : 'Translate the attached release notes from English into German. Keep product names as they are, use the polite form, and say at the end which terms you were not sure of.',
    clientMessage: 'We need it by the evening, please.',
    repoUrl: hiring.deliveryMode === 'push' ? 'https://github.com/example/website' : null,
    parameters: hostile ? JSON.stringify({ note: HOSTILE }, undefined, 2) : null,
    money: over ? (hiring.state === 'completed' ? 'paid' : 'unpaid') : null,
    marketplaceStatus: over ? hiring.state : 'active',
    earlierAttempts: 0,
    earlierTransitions: 0,
    attempts: [
      {
        number: 1,
        state: hiring.state,
        openedAt: at(1),
        endedAt: over ? at(60) : null,
        worker: hiring.worker,
        roomId: '!KvXpqzTnRbwYhJmLcd:matrix-local.hiclaw.io:18080',
        milestones: [
          'stored',
          'staged',
          'sent',
          'seen',
          'acknowledged',
          ...(over ? ['progressing', 'submitted'] : []),
        ].map((kind, step) => ({
          kind,
          at: at(step * 3 + 1),
          evidence: step === 1 ? 'shared/tasks/agrenting-1/meta.json' : `$${'k3Jx9'.repeat(8)}`,
        })),
        messages: [{ purpose: 'task', number: 1, eventId: `$${'k3Jx9'.repeat(8)}`, sentAt: at(6) }],
        files: [
          {
            name: 'release-notes.de.md',
            sizeBytes: 18_231,
            sha256: 'a3f1'.repeat(16),
            type: 'markdown',
            artifactId: over ? 'art_81723' : null,
          },
          {
            name: hostile ? `inv\u202Efdp.exe${'x'.repeat(200)}` : 'terms.csv',
            sizeBytes: 912,
            sha256: '09bc'.repeat(16),
            type: 'text',
            artifactId: null,
          },
        ],
        result:
          hiring.needs?.approves === 'result' || over
            ? {
                text: hostile
                  ? HOSTILE
                  : 'Die Versionshinweise liegen in release-notes.de.md.\nUnsicher: „throughput“ als „Durchsatz“.',
                summary: 'Release notes in German',
                notes: ['2 terms unsure'],
              }
            : null,
        failure:
          hiring.state === 'failed'
            ? { reason: 'timeout', text: 'The worker did not answer before the deadline.' }
            : null,
        settlement: over
          ? { endpoint: hiring.state === 'failed' ? 'failure' : 'result', generation: 1, unknownSends: 0 }
          : null,
        conversation: {
          incoming: [{ number: 1, kind: 'message', text: hostile ? HOSTILE : 'Please use “Sie”.' }],
          outgoing: [{ kind: 'progress', text: 'I have read it and begin with the first chapter.' }],
          question: null,
        },
      },
    ],
    timeline: [
      {
        at: at(1),
        attempt: 1,
        from: 'received',
        to: 'confirmed',
        event: 'confirmed',
        cause: 'the marketplace shows it as active',
      },
      {
        at: at(2),
        attempt: 1,
        from: 'confirmed',
        to: 'staged',
        event: 'staged',
        cause: '4 objects, 21,331 bytes',
      },
      { at: at(3), attempt: 1, from: 'staged', to: 'sent', event: 'sent', cause: 'message 1' },
      {
        at: at(12),
        attempt: 1,
        from: 'sent',
        to: 'acknowledged',
        event: 'acknowledged',
        cause: 'a receipt of the worker',
      },
      {
        at: at(25),
        attempt: 1,
        from: 'acknowledged',
        to: hiring.state,
        event: 'operator_required',
        cause: hiring.needs?.why ?? 'the result lies still',
      },
    ],
    received: [
      { intake: 'mcp', firstAt: at(0), lastAt: at(20), times: 14, problem: null },
      { intake: 'webhook', firstAt: at(1), lastAt: at(1), times: 1, problem: null },
    ],
  };
}

/** What somebody who wishes us ill would write. */
export const HOSTILE =
  '<img src=x onerror="alert(1)"><script>alert(2)</script> <a href="javascript:alert(3)">click</a> ' +
  'https://evil.example/ \u202Edetrevni si siht\u202C \u0007bell zero\u200Bwidth';
