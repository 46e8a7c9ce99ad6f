import { DEFAULT_POLICY } from '@agrenting-hiclaw/core/domain';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  AskOutcome,
  HiringId,
  Manager,
  WorkerTask,
  TaskId,
  Expected,
} from '@agrenting-hiclaw/core/domain';
import { replaceStore } from '@agrenting-hiclaw/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alice, REPORT_TO, someHiring, STORE_KEY, World } from './world.ts';

const HAIKU = 'Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.close();
});

describe('the way of a hiring', () => {
  test('from heard to completed: one message, one settlement, every proof in order', async () => {
    const id = await world.hire();
    await world.run();
    expect(await world.state(id)).toBe('sent');
    await world.workerReads();
    await world.run();
    expect(await world.state(id)).toBe('acknowledged');
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE);

    expect(await world.events(id)).toEqual([
      'confirmed',
      'staged',
      'sent',
      'acknowledged',
      'submitted',
      'result_accepted',
      'result_settled',
    ]);
    expect(world.marketplace.applied).toHaveLength(1);
    expect(JSON.parse(world.marketplace.applied[0]?.settlement.body ?? '')).toEqual({
      output: { text: HAIKU, summary: 'Grey waves fold and fall', files_changed: [] },
    });
    expect(world.hiclaw.messages.map(({ purpose, number }) => [purpose, number])).toEqual([
      ['assignment', 1],
    ]);
    const milestones = (await world.record(id)).attempt?.progress.milestones.map(({ kind }) => kind);
    expect(milestones).toEqual([
      'stored',
      'staged',
      'sent',
      'seen',
      'acknowledged',
      'progressing',
      'submitted',
    ]);
    expect(await world.store.hirings.nextDueAtMs()).toBeUndefined();
  });

  test('the task folder names the agent also when no form did', async () => {
    const id = await world.hire({ agentId: undefined });
    await world.run();
    expect((await world.record(id)).attempt?.hiring.agentId).toBe((await world.record(id)).agentId);
  });

  test('a hiring that is still queued waits until it is ours', async () => {
    const hiring = someHiring();
    world.marketplace.hire(hiring);
    world.marketplace.setStatus(hiring.hiringId, 'queued');
    await world.ingest(hiring);
    await world.run(MINUTE);
    expect([await world.state(hiring.hiringId), world.hiclaw.sends]).toEqual(['received', 0]);
    world.marketplace.setStatus(hiring.hiringId, 'in_progress');
    await world.run(10_000);
    expect(await world.state(hiring.hiringId)).toBe('sent');
  });

  test('a forged hiring, which the marketplace does not know, never reaches a worker', async () => {
    const forged = someHiring();
    await world.ingest(forged, 'webhook');
    await world.run(HOUR);
    expect([await world.state(forged.hiringId), world.hiclaw.sends, world.hiclaw.tasks()]).toEqual([
      'rejected',
      0,
      [],
    ]);
  });

  test('heard three times by three intakes, it is one job', async () => {
    const hiring = someHiring();
    world.marketplace.hire(hiring);
    await Promise.all([
      world.ingest(hiring, 'webhook'),
      world.ingest(hiring, 'mcp'),
      world.ingest(hiring, 'poll'),
    ]);
    await world.run(30_000);
    await world.ingest(hiring, 'poll');
    await world.run(30_000);
    expect(world.hiclaw.messages).toHaveLength(1);
    expect(world.hiclaw.tasks()).toHaveLength(1);
  });

  test('one open assignment per worker: the second waits until the first is delivered', async () => {
    const first = await world.hire();
    world.nowMs += 1;
    const second = await world.hire();
    await world.run(30_000);
    expect([await world.state(first), await world.state(second)]).toEqual(['sent', 'staged']);
    await world.workerReads();
    await world.workerDelivers(first, HAIKU);
    await world.run(5000);
    expect([await world.state(first), await world.state(second)]).toEqual(['completed', 'sent']);
  });
});

describe("a worker's session file in the attempt's own room", () => {
  test('shows that it was reached, and no more: others may write there', async () => {
    world.choice = { kind: 'worker', worker: alice, roomPerAttempt: true };
    const inspect = world.hiclaw.inspect.bind(world.hiclaw);
    const asked: unknown[] = [];
    world.hiclaw.inspect = async (task: TaskId, expected?: Expected) => {
      asked.push(expected?.hasOwnRoom === true ? expected.worker.roomId : undefined);
      return { ...(await inspect(task)), session: 'agents/alice/sessions/x.json 1' };
    };
    const id = await world.hire();
    await world.run(MINUTE);
    expect(asked.at(-1)).toBe('!attempt-1');
    const { state, attempt } = await world.record(id);
    expect(state).toBe('sent');
    expect(attempt?.progress.milestones.at(-1)).toMatchObject({
      kind: 'seen',
      evidence: 'agents/alice/sessions/x.json 1',
    });
  });
});

describe('a worker whose room is one conversation', () => {
  beforeEach(() => {
    world.choice = { kind: 'worker', worker: alice, roomPerAttempt: false, clearFirst: true };
  });

  test('is asked to clear its context, once, before it is notified of this one', async () => {
    const id = await world.hire();
    await world.run();
    expect(world.hiclaw.messages.map(({ purpose }) => purpose)).toEqual(['clear']);
    // What it shows of that is no evidence of having the task.
    await world.workerReads();
    await world.hiclaw.showActivity(alice, { kind: 'message', text: 'History cleared.' });
    await world.run(1000);
    expect(await world.state(id)).toBe('sent');
    await world.run(5 * MINUTE);
    expect(world.hiclaw.messages.map(({ purpose, number }) => `${purpose} ${number}`)).toEqual([
      'clear 1',
      'assignment 1',
      'assignment 2',
      'assignment 3',
    ]);
  });

  test('and says nothing to that is notified of its task all the same', async () => {
    const id = await world.hire();
    await world.run(9_000);
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['staged', 1]);
    await world.run(2_000);
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['sent', 2]);
  });

  test('is asked to do so by one event, also when the answer of the homeserver is lost', async () => {
    world.hiclaw.sendFaults.push('lost after');
    const id = await world.hire();
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');
    expect(world.hiclaw.messages.map(({ purpose }) => purpose)).toEqual(['clear', 'assignment']);
  });
});

describe('a worker that does not answer', () => {
  test('is started first, and told only when it had time to start', async () => {
    world.hiclaw.readiness.push({ kind: 'starting', waitMs: 30_000 });
    const id = await world.hire();
    await world.run(29_000);
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['staged', 0]);
    await world.run(2000);
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['sent', 1]);
  });

  test('is notified again under new numbers, and the hirer refunded before the deadline', async () => {
    const id = await world.hire();
    await world.run(6 * HOUR);
    expect(world.hiclaw.messages.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(await world.state(id)).toBe('failed');
    const [settled] = world.marketplace.applied;
    expect(JSON.parse(settled?.settlement.body ?? '')).toMatchObject({ reason: 'agent_unresponsive' });
    const settledAt = (await world.store.hirings.history(id)).at(-1)?.atMs ?? Infinity;
    expect(settledAt).toBeLessThan((await world.record(id)).attempt?.hiring.deadlineAtMs ?? 0);
  });

  test('and the Manager is asked to see to it, once, before a person is', async () => {
    const asked: WorkerTask[] = [];
    const lookAfter = async (request: WorkerTask): Promise<AskOutcome> => {
      asked.push(request);
      return { kind: 'asked', eventId: '$manager' };
    };
    Object.assign(world.ports, { manager: { lookAfter } satisfies Manager });
    const id = await world.hire();
    await world.run(9 * MINUTE);
    expect(asked).toEqual([{ worker: alice, hiringId: id, attempt: 1, taskId: world.task(id) }]);
    expect((await world.record(id)).attempt?.progress.managerAsked).toMatchObject({ eventId: '$manager' });
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['sent', 4]);
    await world.run(HOUR);
    expect([await world.state(id), asked.length]).toEqual(['attention', 1]);
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('and a Manager that the homeserver lets us ask later is asked later, before a person', async () => {
    let asked = 0;
    const lookAfter = async (): Promise<AskOutcome> => {
      asked += 1;
      return asked < 5 ? { kind: 'limited', retryAfterMs: 1_000 } : { kind: 'asked', eventId: '$manager' };
    };
    Object.assign(world.ports, { manager: { lookAfter } satisfies Manager });
    const id = await world.hire();
    await world.run(9 * MINUTE);
    expect([await world.state(id), asked]).toEqual(['sent', 5]);
  });

  test('and a Manager that cannot be asked keeps no person from being asked', async () => {
    const lookAfter = async (): Promise<AskOutcome> => ({ kind: 'failed', problem: 'not in the room' });
    Object.assign(world.ports, { manager: { lookAfter } satisfies Manager });
    const id = await world.hire();
    await world.run(HOUR);
    expect(await world.state(id)).toBe('attention');
  });

  test('and cannot be started at all: the hirer is refunded before the deadline', async () => {
    world.hiclaw.ensureReady = async () => ({ kind: 'failed', problem: 'start_failed' });
    const id = await world.hire();
    await world.run(6 * HOUR);
    expect([await world.state(id), world.hiclaw.sends]).toEqual(['failed', 0]);
  });

  test('fell silent at work: is notified again, and its late result still counts', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.run(16 * MINUTE);
    expect(await world.state(id)).toBe('sent');
    expect(world.hiclaw.messages).toHaveLength(2);
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('typing that was seen before we told it is no evidence of having the task', async () => {
    await world.hiclaw.showActivity(alice, { kind: 'typing' });
    const id = await world.hire();
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');
  });
});

describe('what a worker says', () => {
  test('blocked: the failure is reported and the hirer refunded', async () => {
    const id = await world.hire();
    await world.run();
    await world.hiclaw.showActivity(alice, {
      kind: 'message',
      text: `${REPORT_TO} BLOCKED: ${world.task(id)} - no network here`,
    });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('failed');
    expect(world.marketplace.applied.map(({ settlement }) => settlement.endpoint)).toEqual(['failure']);
    expect(world.marketplace.applied[0]?.settlement.body).toContain('no network here');
  });

  test("blocked, in words of the owner's machine: the hirer is informed without them", async () => {
    const id = await world.hire();
    await world.run();
    await world.hiclaw.showActivity(alice, {
      kind: 'message',
      text: `${REPORT_TO} BLOCKED: ${world.task(id)} - Command '['/opt/mc', 'alias', 'set', 'canary-secret']' returned 1`,
    });
    await world.run(MINUTE);
    const body = world.marketplace.applied[0]?.settlement.body ?? '';
    expect(body).toContain('blocked by a technical problem');
    expect(body).not.toContain('canary-secret');
  });

  test('a question of its guard: nothing more is said in the room, and the owner learns how to answer', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.hiclaw.showActivity(alice, { kind: 'message', text: 'Waiting for approval: rm -rf build' });
    await world.run(30 * MINUTE);
    const record = await world.store.hirings.find(id);
    expect(record).toMatchObject({
      state: 'attention',
      attempt: {
        progress: {
          attention: { reason: { code: 'guard_question', isShownWhole: true } },
          guard: { text: 'Waiting for approval: rm -rf build' },
        },
      },
    });
    expect(record?.attempt?.progress.messages).toHaveLength(1);
  });

  test('done, but nothing lies in the folder: told again, then the owner is asked', async () => {
    const id = await world.hire();
    await world.run();
    for (let claim = 0; claim < 4; claim += 1) {
      await world.workerReads();
      await world.run(1000);
      await world.hiclaw.showActivity(alice, {
        kind: 'message',
        text: `${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - done`,
      });
      await world.run(2 * MINUTE);
    }
    expect(world.hiclaw.messages).toHaveLength(4);
    expect(await world.state(id)).toBe('attention');
    expect((await world.attentionOf(id))?.reason).toEqual({ code: 'result_not_found', messages: 4 });
    expect(world.marketplace.arrived).toEqual([]);
  });

  test('a question goes to the owner who wants that, and the result counts when it comes', async () => {
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, questions: 'owner' }) };
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.hiclaw.showActivity(alice, { kind: 'message', text: `${REPORT_TO} QUESTION: which sea?` });
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect((await world.record(id)).attempt?.progress.attention?.quote).toContain('which sea?');
    await world.workerDelivers(id, HAIKU);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('a placeholder is never paid for', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, 'Done.');
    await world.run(HOUR);
    expect(await world.state(id)).toBe('attention');
    expect(world.marketplace.arrived).toEqual([]);
  });

  test('a result that still changes is not taken before it lies still', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    for (let part = 0; part < 5; part += 1) {
      world.hiclaw.write(world.task(id), 'result.md', HAIKU.slice(0, 10 * (part + 1)));
      await world.hiclaw.showActivity(alice, { kind: 'typing' });
      await world.run(1000);
    }
    expect(await world.state(id)).toBe('acknowledged');
    await world.run(3 * MINUTE);
    expect(world.marketplace.applied[0]?.settlement.body).toContain(HAIKU.slice(0, 50).split('\n')[1]);
  });
});

describe('answers that are lost', () => {
  test('of a send: the same message under the same transaction id is one event', async () => {
    world.hiclaw.sendFaults.push('lost after', { kind: 'unknown', problem: 'planted' });
    const id = await world.hire();
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');
    expect([world.hiclaw.sends, world.hiclaw.messages.length]).toEqual([3, 1]);
  });

  test('of a send, for so long that the homeserver forgot it: found in the room, told once', async () => {
    const lost = { kind: 'unknown', problem: 'planted' } as const;
    world.hiclaw.sendFaults.push('lost after', ...Array.from({ length: 50 }, () => lost));
    const id = await world.hire();
    await world.run(90_000);
    expect(await world.state(id)).toBe('staged');
    world.hiclaw.forgetTransactions();
    await world.run(2 * MINUTE);
    const assignments = world.hiclaw.messages.filter(({ number }) => number === 1);
    expect(assignments).toHaveLength(1);
    expect(await world.state(id)).toBe('sent');
  });

  test('of everything, because the store is gone: a new one takes up what stands outside, and tells nobody twice', async () => {
    const id = await world.hire();
    await world.run();
    world.hiclaw.answers.set(id, { eventId: '$said', atMs: world.nowMs });
    const rebuilt = new World(world);
    rebuilt.nowMs += 10 * MINUTE;
    try {
      await rebuilt.ingest(world.marketplace.hiringOf(id), 'poll');
      await rebuilt.run(1000);
      expect(await rebuilt.state(id)).toBe('acknowledged');
      expect(world.hiclaw.messages).toHaveLength(1);
      world.hiclaw.write(world.task(id), 'result.md', HAIKU);
      await rebuilt.run(3 * MINUTE);
      expect(await rebuilt.state(id)).toBe('completed');
      expect(world.marketplace.applied).toHaveLength(1);
    } finally {
      await rebuilt.close();
    }
  });

  test('of everything and of its key: the task is found under the id that the worker was told', async () => {
    const id = await world.hire();
    await world.run();
    const told = world.task(id);
    const rebuilt = new World(world);
    // Under another key no task id is derived that was known before.
    rebuilt.ports = { ...rebuilt.ports, taskIds: (hiringId, number) => world.task(hiringId, number, 77) };
    rebuilt.nowMs += 10 * MINUTE;
    try {
      await rebuilt.ingest(world.marketplace.hiringOf(id), 'poll');
      await rebuilt.run(1000);
      const { attempt } = await rebuilt.record(id);
      expect(attempt).toMatchObject({ taskId: told, progress: { formerTaskIds: [world.task(id, 1, 77)] } });
      // Silent for so long, it is reminded: of the task that it knows.
      expect(new Set(world.hiclaw.messages.map(({ taskId }) => taskId))).toEqual(new Set([told]));
      await rebuilt.workerDelivers(id, HAIKU, told);
      await rebuilt.run(MINUTE);
      expect(await rebuilt.state(id)).toBe('completed');
    } finally {
      await rebuilt.close();
    }
  });

  test('of an hour, because an old copy of the store was restored: what happened since is taken up, once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'restored-'));
    const [copy, file] = [join(folder, 'copy.db'), join(folder, 'store.db')];
    const [working, settled] = [await world.hire(), await world.hire()];
    world.settings = { ...world.settings, policy: () => ({ ...DEFAULT_POLICY, concurrency: 9 }) };
    await world.run();
    await world.store.backup(copy);
    // After the copy: one is notified again, one is paid, one is received and sent, one is received, done and paid.
    await world.workerDelivers(settled, HAIKU);
    const [told, paid] = [await world.hire(), await world.hire()];
    await world.run();
    await world.workerDelivers(paid, HAIKU);
    await world.run(HOUR);
    const assigned = (): string[] =>
      world.hiclaw.messages
        .filter(({ purpose }) => purpose === 'assignment')
        .map(({ hiringId, number }) => `${hiringId} ${number}`);
    const before = assigned();
    await replaceStore({ from: copy, to: file, key: STORE_KEY, nowMs: world.nowMs });
    const restored = new World(world, file);
    restored.settings = world.settings;
    try {
      for (const id of [working, settled, told, paid])
        await restored.ingest(world.marketplace.hiringOf(id), 'poll');
      await restored.run(MINUTE);
      for (const id of [settled, paid]) expect(await restored.state(id)).toBe('completed');
      expect(assigned()).toEqual(before);
      for (const id of [working, told]) {
        world.hiclaw.write(world.task(id), 'result.md', HAIKU);
        const text = `${REPORT_TO} TASK_COMPLETED: ${world.task(id)} - done`;
        await world.hiclaw.showActivity(alice, { kind: 'message', text }, restored.store.activities);
      }
      await restored.run(10 * MINUTE);
      for (const id of [working, told]) expect(await restored.state(id)).toBe('completed');
      expect(new Set(assigned()).size).toBe(assigned().length);
      expect(world.marketplace.applied).toHaveLength(4);
    } finally {
      await restored.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('of a settlement that was applied: found by reading, sent once', async () => {
    world.marketplace.settleFaults.push('lost after');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE);
    expect((await world.events(id)).at(-1)).toBe('result_settled');
    expect([world.marketplace.arrived.length, world.marketplace.applied.length]).toEqual([1, 1]);
  });

  test('of a settlement that was not applied: the same bytes under the same key once more', async () => {
    world.marketplace.settleFaults.push('lost before');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    const [first, second] = world.marketplace.arrived;
    expect(second?.body).toBe(first?.body);
    expect(second?.idempotencyKey).toBe(first?.idempotencyKey);
    expect(world.marketplace.applied).toHaveLength(1);
  });

  test('of settlements again and again: a second key after two, a read before each, then it is paid', async () => {
    world.marketplace.settleFaults.push(...Array.from({ length: 7 }, () => 'lost before' as const));
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(HOUR);
    expect(world.marketplace.arrived.map(({ generation }) => generation)).toEqual([1, 1, 2, 2, 2, 2, 2, 2]);
    expect([await world.state(id), world.marketplace.applied.length]).toEqual(['completed', 1]);
    const { settleAtReads } = world.marketplace;
    expect(new Set(settleAtReads).size).toBe(settleAtReads.length);
  });
});

describe('a marketplace that refuses or limits', () => {
  test('limits: the same settlement goes again after the wait it asks for', async () => {
    world.marketplace.settleFaults.push('later');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(6000);
    expect(await world.state(id)).toBe('settling');
    await world.run(10_000);
    expect(await world.state(id)).toBe('completed');
  });

  test.each([
    { what: 'a result', delivered: HAIKU, end: 'completed', field: 'result' },
    { what: 'a failure', delivered: 'BLOCKED: no sea in sight', end: 'failed', field: 'reason' },
  ])('asks for the older form of $what: it is sent once more in that, under a new key', async (row) => {
    world.marketplace.settleFaults.push('older form');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, row.delivered);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe(row.end);
    const [first, second] = world.marketplace.arrived;
    expect(second?.idempotencyKey).not.toBe(first?.idempotencyKey);
    expect(JSON.parse(second?.body ?? '')).toEqual({ [row.field]: expect.anything() });
    expect(world.marketplace.arrived).toHaveLength(2);
  });

  test('asks for the older form of that, too: a person is asked', async () => {
    world.marketplace.settleFaults.push('older form', 'older form');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('attention');
    expect(world.marketplace.arrived).toHaveLength(2);
  });

  test('refuses the settlement: a person is asked, and it is sent again automatically, under a new key', async () => {
    world.marketplace.settleFaults.push('refused', 'refused');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE / 2);
    const { attention } = (await world.record(id)).attempt?.progress ?? {};
    expect([attention?.reason.code, attention?.from]).toEqual(['settlement_refused', 'settling']);
    expect(world.marketplace.arrived.length).toBe(1);
    await world.run(HOUR);
    expect([await world.state(id), world.marketplace.applied.length]).toEqual(['completed', 1]);
    expect(new Set(world.marketplace.arrived.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
  });

  test('does not accept the key: settled when the key is right again', async () => {
    world.marketplace.settleFaults.push('unauthorized');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(HOUR);
    expect(await world.state(id)).toBe('completed');
  });

  test('takes the hiring for over: a read says how it ended, and nothing is sent again', async () => {
    world.marketplace.settleFaults.push('settled elsewhere');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(HOUR);
    expect(await world.state(id)).toBe('completed');
    expect([world.marketplace.arrived.length, world.marketplace.applied.length]).toEqual([1, 0]);
  });

  test('is down: a hiring is kept and goes on when it is up again', async () => {
    world.marketplace.readFault = { kind: 'unavailable', problem: 'connection refused' };
    const id = await world.hire();
    await world.run(2 * HOUR);
    expect([await world.state(id), (await world.record(id)).lastFailure?.reason]).toEqual([
      'received',
      { code: 'hiring_unread', problem: 'connection refused' },
    ]);
    world.marketplace.readFault = undefined;
    await world.run(6 * MINUTE);
    expect(await world.state(id)).toBe('sent');
  });

  test('answers what it should not: a person is asked, and the hiring continues automatically when it is well', async () => {
    world.marketplace.readFault = { kind: 'malformed', problem: 'no status', evidence: '{}' };
    const id = await world.hire();
    await world.run(HOUR);
    expect((await world.record(id)).attention?.reason).toEqual({
      code: 'read_in_doubt',
      problem: 'no status: {}',
    });
    expect(await world.state(id)).toBe('attention');
    world.marketplace.readFault = undefined;
    await world.run(6 * MINUTE);
    expect(await world.state(id)).toBe('sent');
  });
});

describe('a hiring that ends elsewhere', () => {
  test.each([
    ['cancelled', 'cancelled'],
    ['disputed', 'cancelled'],
    ['refunded', 'failed'],
    ['completed', 'completed'],
  ])('%s: the worker is notified once to stop, and nothing is settled', async (status, end) => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.run(1000);
    world.marketplace.setStatus(id, status);
    await world.run(2 * MINUTE);
    await world.workerDelivers(id, HAIKU);
    await world.run(HOUR);
    expect(await world.state(id)).toBe(end);
    expect(world.hiclaw.messages.map(({ purpose }) => purpose)).toEqual(['assignment', 'stop']);
    expect(world.marketplace.arrived).toEqual([]);
  });

  test('while the homeserver limits our messages: the worker is notified to stop once that has passed', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.run(1000);
    world.hiclaw.sendFaults.push(
      ...Array.from({ length: 20 }, () => ({ kind: 'limited', retryAfterMs: 5_000 }) as const),
    );
    world.marketplace.setStatus(id, 'cancelled');
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('cancelled');
    expect(world.hiclaw.messages.map(({ purpose }) => purpose)).toEqual(['assignment', 'stop']);
  });

  test('between result and settlement: nothing is settled', async () => {
    world.marketplace.settleFaults.push('later');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(4000);
    expect(await world.state(id)).toBe('settling');
    world.marketplace.setStatus(id, 'cancelled');
    await world.run(HOUR);
    expect([await world.state(id), world.marketplace.applied]).toEqual(['cancelled', []]);
  });
});

describe("a hirer's retry", () => {
  /** A hiring whose first attempt the worker reported as blocked. */
  async function failedOnce(): Promise<HiringId> {
    const id = await world.hire();
    await world.run();
    await world.hiclaw.showActivity(alice, {
      kind: 'message',
      text: `${REPORT_TO} BLOCKED: ${world.task(id)} - no input came`,
    });
    await world.run(MINUTE);
    return id;
  }

  test('opens a second attempt under the same id, and a late result of the first settles nothing', async () => {
    const id = await failedOnce();
    expect(await world.state(id)).toBe('failed');

    world.marketplace.retry(id);
    await world.ingest(someHiring({ hiringId: id }));
    await world.run(1000);
    expect((await world.record(id)).attempt?.number).toBe(2);
    await world.workerDelivers(id, HAIKU);
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('sent');

    await world.workerDelivers(id, `${HAIKU}\n(second)`, world.task(id, 2));
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');
    expect(
      world.marketplace.applied.map(({ traceAttempt, settlement }) => [traceAttempt, settlement.endpoint]),
    ).toEqual([
      [1, 'failure'],
      [2, 'result'],
    ]);
    expect(world.hiclaw.tasks()).toEqual([world.task(id, 1), world.task(id, 2)]);
  });

  test('that still bears the deadline of the first attempt is worked on, and has an end all the same', async () => {
    const id = await world.hire({ deadlineAtMs: world.nowMs + HOUR });
    await world.run(2 * HOUR);
    expect(await world.state(id)).toBe('failed');
    world.marketplace.retry(id);
    await world.ingest((await world.record(id)).received.hiring);
    await world.run(MINUTE);
    expect([await world.state(id), (await world.record(id)).attempt?.number]).toEqual(['sent', 2]);
    await world.workerDelivers(id, HAIKU, world.task(id, 2));
    await world.run(MINUTE);
    expect(await world.state(id)).toBe('completed');

    const other = await world.hire({ deadlineAtMs: world.nowMs + HOUR });
    await world.run(2 * HOUR);
    world.marketplace.retry(other);
    await world.ingest((await world.record(other)).received.hiring);
    await world.run(world.settings.deadline.maxDurationMs + HOUR);
    expect(await world.state(other)).toBe('failed');
  });

  test('that no read could show: the result of the first attempt does not settle the second', async () => {
    world.marketplace.settleFaults.push('later');
    const id = await world.hire();
    await world.run();
    await world.workerDelivers(id, HAIKU);
    await world.run(4000);
    expect(await world.state(id)).toBe('settling');
    world.marketplace.settleFaults.push(...Array.from({ length: 20 }, () => 'later' as const));
    world.marketplace.readFault = { kind: 'unavailable', problem: 'connection refused' };
    await world.run(2 * MINUTE);
    world.marketplace.setStatus(id, 'failed');
    world.marketplace.retry(id);
    world.marketplace.settleFaults.length = 0;
    await world.run(HOUR);
    expect(world.marketplace.applied).toEqual([]);
    world.marketplace.readFault = undefined;
    await world.run(6 * MINUTE);
    expect((await world.record(id)).attempt?.number).toBe(2);
  });

  test('that came and went while nobody looked is on record with what became of it', async () => {
    const id = await failedOnce();
    world.marketplace.retry(id);
    world.marketplace.setStatus(id, 'completed');
    await world.ingest(someHiring({ hiringId: id }));
    await world.run(MINUTE);
    expect([await world.state(id), (await world.record(id)).attempt?.number]).toEqual(['completed', 2]);
    expect((await world.events(id)).slice(-2)).toEqual(['failure_settled', 'over_completed']);
    expect([world.hiclaw.messages.length, world.marketplace.applied.length]).toEqual([1, 1]);
  });

  test('while the first still runs: the worker is notified to stop it, and starts over', async () => {
    const id = await world.hire();
    await world.run();
    await world.workerReads();
    await world.run(1000);
    world.marketplace.retry(id);
    await world.run(2 * MINUTE);
    expect((await world.record(id)).attempt?.number).toBe(2);
    expect(world.hiclaw.messages.map(({ attempt, purpose }) => [attempt, purpose])).toEqual([
      [1, 'assignment'],
      [1, 'stop'],
      [2, 'assignment'],
    ]);
  });
});

describe('a hiring that no worker may be given', () => {
  test.each([
    ['push mode without git', { deliveryMode: 'push' }, 'git_missing'],
    ['a mode that we do not know', { deliveryMode: 'unclear', deliveryStated: true }, 'delivery_unclear'],
    ['no task text', { description: ' ' }, 'task_text_missing'],
  ] as const)(
    '%s: waits for a person, is never run, and is refunded before its deadline',
    async (_name, changes, code) => {
      const id = await world.hire(changes);
      await world.run(HOUR);
      expect(await world.state(id)).toBe('attention');
      expect((await world.attentionOf(id))?.reason).toEqual({ code });
      await world.run(5 * HOUR);
      expect([await world.state(id), world.hiclaw.sends, world.hiclaw.tasks()]).toEqual(['failed', 0, []]);
      expect(world.marketplace.statusOf(id)).toBe('failed');
    },
  );

  test('no worker is configured: continues automatically when there is one', async () => {
    world.choice = { kind: 'nobody', problem: 'set agents[].worker' };
    const id = await world.hire();
    await world.run(HOUR);
    expect((await world.record(id)).attempt?.progress.attention).toEqual({
      reason: { code: 'worker_missing', problem: 'set agents[].worker' },
      from: 'confirmed',
    });
    world.choice = { kind: 'worker', worker: alice, roomPerAttempt: false };
    await world.run(6 * MINUTE);
    expect(await world.state(id)).toBe('sent');
  });
});

describe('deadlines', () => {
  test('a worker at work at the deadline is not failed: the hirer is notified once, the owner asked, the result still counts', async () => {
    const id = await world.hire({ deadlineAtMs: world.nowMs + 10 * MINUTE });
    await world.run();
    await world.workerReads();
    await world.run(11 * MINUTE);
    expect(await world.state(id)).toBe('attention');
    await world.run(HOUR);
    expect(world.marketplace.told).toHaveLength(1);
    await world.workerDelivers(id, HAIKU);
    await world.run(5 * MINUTE);
    expect(await world.state(id)).toBe('completed');
  });

  test('with the setting, it is reported as failed', async () => {
    world.settings = { ...world.settings, failOverdue: true };
    const id = await world.hire({ deadlineAtMs: world.nowMs + 10 * MINUTE });
    await world.run();
    await world.workerReads();
    await world.run(11 * MINUTE);
    expect(await world.state(id)).toBe('failed');
    expect(world.marketplace.applied[0]?.settlement.body).toContain('"reason":"timeout"');
  });

  test('storage that is down at the deadline does not keep the hirer waiting', async () => {
    const id = await world.hire();
    await world.run();
    world.hiclaw.storageFault = 'connection refused';
    await world.run(6 * HOUR);
    expect(await world.state(id)).toBe('failed');
  });
});
