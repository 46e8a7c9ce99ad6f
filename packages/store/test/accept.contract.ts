import { expect, test } from 'vitest';
import {
  AGENT,
  deliveryOf,
  hiringOf,
  malformedOf,
  newHiringId,
  openingOf,
  OTHER_AGENT,
  take,
  TOKEN,
} from './fixtures.ts';
import { freshSubject, type OpenSubject } from './subject.ts';

/** How every `HiringStore` keeps what is heard. */
export function acceptContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  test('keeps a new hiring, which is due at once', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    clock.nowMs = 5_000;
    const outcome = await hirings.accept([deliveryOf(hiringId, { intake: 'webhook', atMs: 4_990 })]);

    expect(outcome).toEqual([{ kind: 'new', hiringId }]);
    expect(await hirings.nextDueAtMs()).toBe(5_000);
    expect(await hirings.find(hiringId)).toEqual({
      hiringId,
      agentId: AGENT,
      state: 'received',
      receivedAtMs: 4_990,
      received: { intake: 'webhook', hiring: hiringOf(hiringId), atMs: 4_990 },
      rereadWanted: false,
    });
  });

  test('keeps one row per hiring, whatever is repeated, and shows the newest form', async () => {
    const { hirings, clock } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId, { intake: 'webhook' })]);
    const again = await Promise.all(
      Array.from(
        { length: 100 },
        async () => await hirings.accept([deliveryOf(hiringId, { intake: 'webhook' })]),
      ),
    );
    await hirings.accept([deliveryOf(hiringId, { intake: 'poll', atMs: 3_000 }, { status: 'paid' })]);

    const repeated = { kind: 'known', hiringId, repeated: true };
    expect(again.flat()).toEqual(Array.from({ length: 100 }, () => repeated));
    const claims = await hirings.claim({ holder: 'test', nowMs: clock.nowMs, leaseMs: 1_000, limit: 10 });
    expect(claims).toHaveLength(1);
    expect(claims[0]?.record).toMatchObject({
      receivedAtMs: 1_000,
      received: { intake: 'poll', atMs: 3_000, hiring: { status: 'paid' } },
    });
  });

  test('gives an answer per item, in their order', async () => {
    const first = newHiringId();
    const second = newHiringId();
    const outcomes = await subject.hirings.accept([
      deliveryOf(first),
      malformedOf('{"status":'),
      malformedOf('{"id":"..."}', second),
      deliveryOf(second),
      deliveryOf(first),
    ]);
    expect(outcomes).toEqual([
      { kind: 'new', hiringId: first },
      { kind: 'malformed', problem: 'status is missing' },
      { kind: 'malformed', hiringId: second, problem: 'status is missing' },
      { kind: 'new', hiringId: second },
      { kind: 'known', hiringId: first, repeated: true },
    ]);
    const otherWords = await subject.hirings.accept([deliveryOf(first, { raw: '{"id":1}' })]);
    expect(otherWords).toEqual([{ kind: 'known', hiringId: first, repeated: false }]);
    expect(await subject.hirings.accept([])).toEqual([]);
  });

  test('keeps every field of a hiring, the repository token too', async () => {
    const hiringId = newHiringId();
    const whole = {
      final: false,
      marker: { traceAttempt: 2, dispatchId: 'dispatch-2' },
      workerMatrixId: '@alice:test',
      description: 'Uml\u00e4ute, \u0000, \ud83d\ude80 and "quotes"',
      capability: 'writing',
      deliveryMode: 'push' as const,
      repoUrl: 'https://git.test/x.git',
      repoToken: TOKEN,
      clientMessage: 'hello',
      customerId: 'customer-1',
      deadlineAtMs: 9_000_000,
      createdAtMs: 500,
      extras: { nested: { list: [1, null, 'x'] } },
      problems: ['price: expected text, got a list'],
    };
    await subject.hirings.accept([deliveryOf(hiringId, {}, whole)]);
    const record = await subject.hirings.find(hiringId);
    expect(record?.received.hiring).toEqual(hiringOf(hiringId, whole));
    expect(record?.received.hiring.repoToken?.reveal()).toBe(TOKEN.reveal());
  });

  test('keeps no token beside a form that does not carry it', async () => {
    const hiringId = newHiringId();
    await subject.hirings.accept([deliveryOf(hiringId, {}, { repoToken: TOKEN })]);
    await subject.hirings.accept([deliveryOf(hiringId, { intake: 'poll' })]);
    const record = await subject.hirings.find(hiringId);
    expect(record?.received.hiring.repoToken).toBeUndefined();
  });

  test('lets no webhook take the place of what an authenticated list said, until the hiring is over', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId, { intake: 'poll' }, { description: 'listed' })]);
    await hirings.accept([
      deliveryOf(hiringId, { intake: 'webhook', raw: 'other' }, { description: 'sent', repoToken: TOKEN }),
    ]);
    const listed = await hirings.find(hiringId);
    expect(listed?.received).toMatchObject({ intake: 'poll', hiring: { description: 'listed' } });
    expect(listed?.received.hiring.repoToken).toBeUndefined();
    await take(hirings, hiringId, { event: 'absent', cause: 'x', reread: true }, 1_000);
    await hirings.accept([
      deliveryOf(hiringId, { intake: 'webhook', raw: 'again' }, { description: 'sent again' }),
    ]);
    expect((await hirings.find(hiringId))?.received.hiring.description).toBe('sent again');
  });

  test('believes the last agent that heard it until an attempt is open, then the one that it was read by', async () => {
    const { hirings } = subject;
    const hiringId = newHiringId();
    await hirings.accept([deliveryOf(hiringId, { agentId: OTHER_AGENT })]);
    await hirings.accept([deliveryOf(hiringId, { agentId: AGENT })]);
    await take(hirings, hiringId, openingOf(hiringId, 1, 9_000), 1_000);
    await hirings.accept([deliveryOf(hiringId, { agentId: OTHER_AGENT })]);
    expect(await hirings.find(hiringId)).toMatchObject({ agentId: AGENT });
  });

  test('lets listeners of its process know', async () => {
    const calls: string[] = [];
    const stop = subject.hirings.onChange(() => calls.push('received'));
    await subject.hirings.accept([deliveryOf(newHiringId())]);
    await expect.poll(() => calls.length).toBe(1);
    stop();
    await subject.hirings.accept([deliveryOf(newHiringId())]);
    const other: string[] = [];
    subject.hirings.onChange(() => other.push('received'));
    await subject.hirings.accept([deliveryOf(newHiringId())]);
    await expect.poll(() => other.length).toBe(1);
    expect(calls).toEqual(['received']);
  });
}
