import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RunningHiclaw } from '../hiclaw.ts';
import { startHiclaw } from '../start-hiclaw.ts';
import { eventually, quick, TestAdapter, type ShownEvent } from '../testing/adapter.ts';

let hiclaw: RunningHiclaw;
let adapter: TestAdapter;
let tasks = 0;

beforeAll(async () => {
  hiclaw = await startHiclaw({
    workers: [
      { name: 'claw', profile: 'openclaw-1.0' },
      { name: 'claw-off', profile: 'openclaw-1.0', running: false },
      { name: 'flow', profile: 'copaw-1.2' },
      { name: 'flow-closed', profile: 'copaw-1.2', adapterAllowed: false },
      { name: 'paw', profile: 'qwenpaw-1.2' },
      { name: 'paw-closed', profile: 'qwenpaw-1.2', adapterAllowed: false },
    ],
    times: { ...quick, pullEveryMs: 100 },
  });
  adapter = new TestAdapter(hiclaw);
});
afterAll(async () => await hiclaw.close());

const bodyOf = ({ content }: ShownEvent): string =>
  z.object({ body: z.string() }).parse(content['m.new_content'] ?? content).body;
const saidBy = (name: string): string[] => adapter.said(hiclaw.worker(name)).map(bodyOf);
const said = async (name: string, words: string): Promise<string> =>
  await eventually(`${name} says ${words}`, () => saidBy(name).find((body) => body.includes(words)));
const metaOf = (id: string): unknown => JSON.parse(adapter.object(id, 'meta.json') ?? '{}');

/** A whole record, as taskflow wants it. */
const meta = (id: string, worker: string, more: object = {}): object => ({
  task_id: id,
  project_id: `${id}-project`,
  task_title: 'Say hello',
  assigned_to: hiclaw.worker(worker).userId,
  room_id: hiclaw.worker(worker).roomId,
  status: 'assigned',
  ...more,
});

async function assign(worker: string, more: object = {}): Promise<string> {
  tasks += 1;
  const id = `agrenting-p${tasks}`;
  await adapter.putTask(id, {
    'spec.md': adapter.spec(id),
    'meta.json': JSON.stringify(meta(id, worker, more)),
  });
  await adapter.objects.put(`shared/projects/${id}-project/meta.json`, Buffer.from('{}'));
  await adapter.tell(
    hiclaw.worker(worker),
    `New task [${id}]. Please file-sync shared/tasks/${id}/spec.md first.`,
  );
  return id;
}

describe('openclaw-1.0', () => {
  const text = (body: string, more: object = {}): object => ({ msgtype: 'm.text', body, ...more });
  const mention = (): object => ({ 'm.mentions': { user_ids: [hiclaw.worker('claw').userId] } });

  test('does a task, without a receipt and by files alone', async () => {
    const id = await assign('claw');
    await said('claw', `TASK_COMPLETED: ${id}`);
    expect(metaOf(id)).toMatchObject({ status: 'assigned' });
    expect(adapter.object(id, 'plan.md')).toBeDefined();
    expect(hiclaw.receipts(hiclaw.worker('claw').roomId, hiclaw.worker('claw').userId)).toEqual([]);
  });

  test('takes no name in the text alone for a mention, and no edit for a message', async () => {
    const { userId, roomId } = hiclaw.worker('claw');
    const before = saidBy('claw').length;
    await adapter.send(roomId, text(`${userId} what is the status?`));
    await adapter.send(
      roomId,
      text('* what is the status?', {
        ...mention(),
        'm.new_content': text('what is the status?'),
        'm.relates_to': { rel_type: 'm.replace', event_id: '$any' },
      }),
    );
    await adapter.send(roomId, text('what is the status?', mention()));
    await eventually('an answer', () => saidBy('claw').length > before);
    expect(saidBy('claw')).toHaveLength(before + 1);
  });

  test('hears at its first start what was said up to ten minutes before', async () => {
    const id = await assign('claw-off');
    hiclaw.worker('claw-off').start();
    expect(await said('claw-off', `TASK_COMPLETED: ${id}`)).toContain(adapter.userId);
  });

  test('says a long answer in pieces of 4,000 characters', async () => {
    hiclaw.worker('claw').behave({ kind: 'complete', remarks: ['x'.repeat(9_000)] }, 'next-job');
    const id = await assign('claw');
    await said('claw', `TASK_COMPLETED: ${id}`);
    expect(saidBy('claw').flatMap((body) => (/^x+$/.test(body) ? [body.length] : []))).toEqual([
      4_000, 4_000, 1_000,
    ]);
  });
});

describe('copaw-1.2, by its taskflow', () => {
  test('moves the marker, drops what it does not know, and writes a result of its own form', async () => {
    const id = await assign('flow', { ours: 'is lost' });
    expect(await said('flow', `TASK_COMPLETED: ${id}`)).toContain(`Result: shared/tasks/${id}/result.md`);
    expect(metaOf(id)).toMatchObject({
      status: 'submitted',
      acknowledged_at: expect.any(String),
      submitted_at: expect.any(String),
    });
    expect(metaOf(id)).not.toHaveProperty('ours');
    expect(adapter.object(id, 'result.md')).toMatch(/^STATUS: SUCCESS\nSUMMARY: .+\nDELIVERABLES:\n/);
    expect(adapter.object(id, 'plan.md')).toBeUndefined();
  });

  test.each([
    ['a project', { project_id: undefined }, "taskflow failed: 'project_id'"],
    ['a room', { room_id: undefined }, 'room_id is missing'],
    ['being its own', { assigned_to: '@somebody:else' }, 'task is assigned to @somebody:else'],
  ])('is blocked by a task without %s', async (_what, change, why) => {
    const id = await assign('flow', change);
    expect(await said('flow', `BLOCKED: ${id}`)).toContain(why);
    expect(metaOf(id)).toMatchObject({ status: 'assigned' });
  });

  test('reads whom it listens to at its start only', async () => {
    const closed = hiclaw.worker('flow-closed');
    const key = 'agents/flow-closed/openclaw.json';
    const settings = hiclaw.object(key)?.toString() ?? '';
    hiclaw.put(key, settings.replace('"groupAllowFrom": [', `"groupAllowFrom": ["${adapter.userId}",`));
    await eventually('it has pulled them', () => closed.container.disk.read(key)?.includes(adapter.userId));
    await adapter.tell(closed, 'what is the status?');
    const id = await assign('flow');
    await said('flow', `TASK_COMPLETED: ${id}`);
    expect(saidBy('flow-closed')).toEqual([]);
    await closed.stop();
    closed.start();
    await closed.untilListening();
    await adapter.tell(closed, 'what is the status?');
    await said('flow-closed', 'no work open');
  });
});

describe('qwenpaw-1.2, by TeamHarness', () => {
  test('keeps what it does not know, and publishes what it delivers in the room', async () => {
    hiclaw.worker('paw').behave({ kind: 'complete', files: [{ path: 'a.txt', text: 'A' }] }, 'next-job');
    const id = await assign('paw', { ours: 'stays' });
    await said('paw', `TASK_COMPLETED: ${id}`);
    expect(metaOf(id)).toMatchObject({
      status: 'submitted',
      ours: 'stays',
      result_status: 'SUCCESS',
      submitted_by_role: 'worker',
      deliverables: [`shared/tasks/${id}/a.txt`],
      result_path: `shared/tasks/${id}/result.md`,
    });
    const files = adapter
      .said(hiclaw.worker('paw'))
      .filter(({ content }) => content['msgtype'] === 'm.file')
      .map(({ content }) => content['body']);
    expect(files).toEqual(['result.md', 'a.txt']);
  });

  test('may leave result.md out: then the marker says it all', async () => {
    hiclaw.worker('paw').behave({ kind: 'complete', resultFile: false, summary: 'done' }, 'next-job');
    const id = await assign('paw');
    await said('paw', `TASK_COMPLETED: ${id}`);
    expect(adapter.object(id, 'result.md')).toBeUndefined();
    expect(metaOf(id)).toMatchObject({ status: 'submitted', summary: 'done' });
    expect(metaOf(id)).not.toHaveProperty('result_path');
  });

  test('cannot take a task whose project is not there', async () => {
    const id = await assign('paw', { project_id: 'nowhere' });
    // Its message grows while it is written.
    expect(await said('paw', 'project nowhere could not be pulled; try again')).toContain(`BLOCKED: ${id}`);
  });

  test('answers by editing a placeholder, and a long answer by an upload', async () => {
    hiclaw.worker('paw').behave({ kind: 'complete', remarks: ['y'.repeat(60_000)] }, 'next-job');
    const id = await assign('paw');
    await said('paw', `TASK_COMPLETED: ${id}`);
    const events = adapter.said(hiclaw.worker('paw'));
    const last = events.at(-1)?.content ?? {};
    expect(last['m.relates_to']).toEqual({
      rel_type: 'm.replace',
      event_id: events.findLast(({ content }) => content['msgtype'] === 'm.notice')?.event_id,
    });
    const long = events.find(({ content }) =>
      JSON.stringify(content['m.new_content'] ?? {}).includes('com.agentteams.long_message'),
    );
    expect(JSON.stringify(long?.content).length).toBeLessThan(48 * 1024);
  });

  test('answers a readiness check, and shows that it read, no matter who asks', async () => {
    const closed = hiclaw.worker('paw-closed');
    await adapter.tell(closed, 'readiness check: please reply with the exact text READY');
    await said('paw-closed', 'READY');
    const read = await adapter.tell(closed, 'what is the status?');
    await eventually('a receipt', () => hiclaw.receipts(closed.roomId, closed.userId).includes(read));
    expect(saidBy('paw-closed').filter((body) => body.includes('no work open'))).toEqual([]);
  });
});
