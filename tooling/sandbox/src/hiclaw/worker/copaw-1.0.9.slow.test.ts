import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RunningHiclaw } from '../hiclaw.ts';
import type { SandboxWorker } from '../sandbox-worker.ts';
import { startHiclaw } from '../start-hiclaw.ts';
import { eventually, quick, TestAdapter } from '../testing/adapter.ts';

let hiclaw: RunningHiclaw;
let adapter: TestAdapter;
let alice: SandboxWorker;
let taskNumber = 0;
let taskId: string;

beforeAll(async () => {
  hiclaw = await startHiclaw({
    workers: [
      { name: 'alice' },
      { name: 'closed', adapterAllowed: false },
      { name: 'fresh', running: false },
      { name: 'restarted' },
      { name: 'killed' },
      { name: 'busy' },
      { name: 'direct', adapterAllowedDirectly: true },
      { name: 'disconnected' },
      { name: 'crashing' },
    ],
    times: quick,
  });
  adapter = new TestAdapter(hiclaw);
  alice = hiclaw.worker('alice');
});

beforeEach(() => {
  taskNumber += 1;
  taskId = `agrenting-${taskNumber}`;
});

afterAll(async () => {
  await hiclaw.close();
});

const completion = (worker: SandboxWorker, id: string): ReturnType<TestAdapter['saidWith']> =>
  adapter.said(worker).find((event) => /TASK_COMPLETED/.test(bodyOf(event)) && bodyOf(event).includes(id));
const bodyOf = (event: { content: Record<string, unknown> } | undefined): string =>
  z.string().catch('').parse(event?.content['body']);

/** Waits until a worker has dealt with all that was sent: it answers a later question in the same room. */
const settle = async (worker: SandboxWorker): Promise<void> => {
  const before = adapter.said(worker).length;
  await adapter.tell(worker, 'what is the status?');
  await eventually('an answer about the status', () =>
    adapter
      .said(worker)
      .slice(before)
      .some((event) => bodyOf(event).includes('no work open')),
  );
};

describe('a task', () => {
  test('is acknowledged, then has files, then a completion line', async () => {
    alice.behave({ kind: 'complete', workDurationMs: 1000 }, 'next-job');
    await adapter.assign(alice, taskId);
    await eventually('a plan', () => adapter.object(taskId, 'plan.md'));
    expect(adapter.object(taskId, 'result.md')).toBeUndefined();
    expect(adapter.object(taskId, 'plan.md')).toContain(`**Task ID**: ${taskId}`);
    expect(hiclaw.worker('alice').state).toBe('working');
    const line = await eventually('a completion line', () => completion(alice, taskId));
    expect(bodyOf(line)).toMatch(
      new RegExp(`^${adapter.userId} TASK_COMPLETED: ${taskId} - simulated worker finished`),
    );
    expect(line.content['m.mentions']).toEqual({ user_ids: [adapter.userId] });
    expect(line.content['formatted_body']).not.toContain('matrix.to');
    const acknowledgement = adapter.saidWith(alice, `Received task ${taskId}`);
    expect(acknowledgement?.content).not.toHaveProperty('m.mentions');
    const result = adapter.object(taskId, 'result.md');
    expect(result).toMatch(/^STATUS: SUCCESS\nSUMMARY: .+\nDELIVERABLES:\n- shared\/tasks\//);
    expect(result).toContain('simulated worker');
    expect(result).toContain('The task "Say hello to the moon"');
    expect(result).toContain('its brief counts 11 words');
    expect(hiclaw.objects(`shared/tasks/${taskId}/progress/`)).toHaveLength(1);
    await eventually('the end of the work', () => hiclaw.worker('alice').state === 'listening');
  });

  test('leaves spec.md and base/ alone, and writes what the spec asks for', async () => {
    const spec = `${adapter.spec(taskId)}\nDeliver \`shared/tasks/${taskId}/workspace/report.txt\`.\n`;
    await adapter.assign(alice, taskId, spec);
    await eventually('a completion line', () => completion(alice, taskId));
    const writers = hiclaw
      .objects(`shared/tasks/${taskId}/`)
      .map((object) => [object.key.split('/').slice(3).join('/'), object.writtenBy]);
    expect(writers).toContainEqual(['spec.md', 'agrenting']);
    expect(writers).toContainEqual(['base/input.txt', 'agrenting']);
    expect(writers).toContainEqual(['meta.json', 'agrenting']);
    expect(writers).toContainEqual(['workspace/report.txt', 'alice']);
    expect(adapter.object(taskId, 'result.md')).toContain(`- shared/tasks/${taskId}/workspace/report.txt\n`);
  });

  test('puts back an object that changed its length since it was pulled', async () => {
    alice.behave({ kind: 'complete', workDurationMs: 1000 }, 'next-job');
    await adapter.assign(alice, taskId);
    await eventually('a plan', () => adapter.object(taskId, 'plan.md'));
    await adapter.putTask(taskId, { 'meta.json': '{"status":"assigned","more":true}' });
    await eventually('a completion line', () => completion(alice, taskId));
    expect(adapter.object(taskId, 'meta.json')).toBe('{"status":"assigned"}');
  });

  test('that is done is only reported again, if the spec wants it so', async () => {
    const spec = `${adapter.spec(taskId)}\nIf result.md is already there, do not do the work again.\n`;
    await adapter.assign(alice, taskId, spec);
    await eventually('a completion line', () => completion(alice, taskId));
    const first = hiclaw.objects(`shared/tasks/${taskId}/result.md`);
    await adapter.tell(alice, `Please file-sync shared/tasks/${taskId}/ and report.`);
    await eventually('a report', () =>
      adapter.saidWith(alice, `TASK_COMPLETED: ${taskId} - the result was there`),
    );
    alice.behave({ kind: 'complete', again: true, result: 'STATUS: SUCCESS\nanother' }, 'next-job');
    await adapter.tell(alice, `Please file-sync shared/tasks/${taskId}/ and report.`);
    await eventually('another result', () => adapter.object(taskId, 'result.md')?.includes('another'));
    expect(hiclaw.objects(`shared/tasks/${taskId}/result.md`)).not.toEqual(first);
  });

  test('delivers files of any kind and size, if told to', async () => {
    const files = [
      { path: 'site/index.html', text: '<p>hello</p>' },
      { path: 'image.png', base64: 'iVBORw0KGgo=' },
      { path: 'huge.bin', sizeBytes: 3_000_000 },
    ];
    alice.behave({ kind: 'complete', files, result: 'All done, as you can see.' }, 'next-job');
    await adapter.assign(alice, taskId);
    await eventually('a completion line', () => completion(alice, taskId));
    const sizes = ['site/index.html', 'image.png', 'huge.bin'].map(
      (path) => hiclaw.objects(`shared/tasks/${taskId}/${path}`)[0]?.size,
    );
    expect(sizes).toEqual([12, 8, 3_000_000]);
    expect(adapter.object(taskId, 'result.md')).toBe('All done, as you can see.');
  });

  test('without an MXID in the spec is reported to whom the message names, else to the manager', async () => {
    await adapter.putTask(taskId, { 'spec.md': '# Plain\n\nDo it.\n' });
    await adapter.tell(
      alice,
      `New task [${taskId}]: file-sync shared/tasks/${taskId}/spec.md, then report to ${adapter.userId}.`,
    );
    const named = await eventually('a line to the adapter', () =>
      adapter.saidWith(alice, 'finished "Plain"'),
    );
    expect(bodyOf(named)).toMatch(new RegExp(`^${adapter.userId} TASK_COMPLETED: simulated`));
    await adapter.putTask(`${taskId}b`, { 'spec.md': '# Bare\n\nDo it.\n' });
    await adapter.tell(alice, `New task [${taskId}b]: file-sync shared/tasks/${taskId}b/spec.md`);
    const bare = await eventually('a line to the manager', () => adapter.saidWith(alice, 'finished "Bare"'));
    expect(bodyOf(bare)).toMatch(/^@manager:matrix-local\.hiclaw\.io:18080 TASK_COMPLETED: simulated/);
  });

  test('that is not in storage is blocked', async () => {
    await adapter.tell(alice, `New task [${taskId}]: file-sync shared/tasks/${taskId}/spec.md`);
    const line = await eventually('a BLOCKED line', () => adapter.saidWith(alice, 'BLOCKED: shared'));
    expect(bodyOf(line)).toContain(`BLOCKED: shared/tasks/${taskId}/spec.md is neither here nor in storage`);
  });
});

describe('hearing', () => {
  test('who is not on the allow-list is ignored in silence', async () => {
    const closed = hiclaw.worker('closed');
    const eventId = await adapter.assign(closed, taskId);
    const admin = `@admin:${hiclaw.homeserver.serverName}`;
    const content = { msgtype: 'm.text', body: `${closed.userId} what is the status?` };
    hiclaw.say(admin, closed.roomId, content);
    await eventually('an answer to the admin', () => adapter.saidWith(closed, 'no work open'));
    expect(adapter.said(closed)).toHaveLength(1);
    const { body } = await adapter.call('GET', '/sync?timeout=0');
    expect(JSON.stringify(body)).not.toContain(`"${eventId}":{"m.read"`);
    expect(adapter.object(taskId, 'plan.md')).toBeUndefined();
  });

  test('any form of mention wakes it, no other text, notice or emote does', async () => {
    const id = alice.userId;
    const link = `<a href="https://matrix.to/#/${encodeURIComponent(id)}">alice</a> status?`;
    const received = [
      { body: 'status? (1)', 'm.mentions': { user_ids: [id] } },
      { body: 'status? (2)', 'm.mentions': { room: true } },
      { body: 'status? (3)', format: 'org.matrix.custom.html', formatted_body: link },
      { body: `${id.toUpperCase()} status? (4)` },
    ];
    for (const content of received) {
      const before = adapter.said(alice).length;
      await adapter.send(alice.roomId, { msgtype: 'm.text', ...content });
      await eventually(content.body, () => adapter.said(alice).length > before);
    }
    const before = adapter.said(alice).length;
    await adapter.send(alice.roomId, { msgtype: 'm.text', body: 'alice, status?' });
    await adapter.send(alice.roomId, { msgtype: 'm.notice', body: `${id} status?` });
    await adapter.send(alice.roomId, { msgtype: 'm.emote', body: `${id} status?` });
    await settle(alice);
    expect(adapter.said(alice)).toHaveLength(before + 1);
  });

  test('an edit is one more message, and a repeated message is done again', async () => {
    await adapter.putTask(taskId, { 'spec.md': adapter.spec(taskId) });
    const eventId = await adapter.tell(
      alice,
      `New task [${taskId}]: file-sync shared/tasks/${taskId}/spec.md`,
    );
    await eventually('a completion line', () => completion(alice, taskId));
    await adapter.send(alice.roomId, {
      msgtype: 'm.text',
      body: `* ${alice.userId} New task [${taskId}]: file-sync shared/tasks/${taskId}/spec.md`,
      'm.new_content': { msgtype: 'm.text', body: 'something else' },
      'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
    });
    const lines = await eventually('a second completion line', () => {
      const found = adapter
        .said(alice)
        .filter((event) => bodyOf(event).includes(`TASK_COMPLETED: ${taskId}`));
      return found.length > 1 && found;
    });
    expect(lines).toHaveLength(2);
  });

  test('messages that arrive while it works are one turn', async () => {
    alice.behave({ kind: 'complete', workDurationMs: 1500 }, 'next-job');
    await adapter.assign(alice, taskId);
    await eventually('a plan', () => adapter.object(taskId, 'plan.md'));
    const second = `${taskId}b`;
    await adapter.putTask(second, { 'spec.md': adapter.spec(second) });
    await adapter.tell(alice, `New task [${second}]: file-sync shared/tasks/${second}/spec.md`);
    await adapter.tell(alice, `Reminder: please file-sync shared/tasks/${second}/spec.md`);
    await eventually('the second completion line', () => completion(alice, second));
    await settle(alice);
    const lines = adapter.said(alice).filter((event) => bodyOf(event).includes(`TASK_COMPLETED: ${second}`));
    expect(lines).toHaveLength(1);
  });

  test('a room that it is invited to is joined, and works beside its own', async () => {
    const busy = hiclaw.worker('busy');
    busy.behave({ kind: 'complete', workDurationMs: 60_000 }, 'next-job');
    await adapter.assign(busy, taskId);
    await eventually('a plan', () => adapter.object(taskId, 'plan.md'));
    const manager = `@manager:${hiclaw.homeserver.serverName}`;
    const made = await adapter.call('POST', '/createRoom', {
      name: 'another',
      invite: [busy.userId, manager],
    });
    const roomId = String(made.body['room_id']);
    await eventually('the worker in the room', () =>
      hiclaw
        .rooms()
        .find((room) => room.roomId === roomId)
        ?.members.includes(busy.userId),
    );
    const second = `${taskId}b`;
    await adapter.assign(busy, second, adapter.spec(second), roomId);
    await eventually('the second completion line', () => adapter.saidWith(busy, 'TASK_COMPLETED', roomId));
    expect(completion(busy, taskId)).toBeUndefined();
  });

  test('a room of two needs no mention, and its own permission', async () => {
    const direct = hiclaw.worker('direct');
    for (const worker of [alice, direct]) {
      const made = await adapter.call('POST', '/createRoom', { invite: [worker.userId], is_direct: true });
      const roomId = String(made.body['room_id']);
      await eventually('the worker in the room', () =>
        hiclaw
          .rooms()
          .find((room) => room.roomId === roomId)
          ?.members.includes(worker.userId),
      );
      await adapter.send(roomId, { msgtype: 'm.text', body: 'status?' });
      await settle(worker);
      expect(adapter.said(worker, roomId)).toHaveLength(worker === direct ? 1 : 0);
    }
  });

  test('its conversation shows in storage, by the name of its room', async () => {
    const room = alice.roomId.replaceAll(':', '--');
    const key = `agents/alice/.copaw/sessions/${room}_matrix--${room}.json`;
    await adapter.tell(alice, 'status?');
    const conversation = await eventually(key, () => hiclaw.object(key));
    expect(conversation.toString()).toContain('status?');
  });
});

describe('its life', () => {
  test('what was said before its first start is lost', async () => {
    const fresh = hiclaw.worker('fresh');
    expect(fresh.state).toBe('created');
    await adapter.assign(fresh, taskId);
    fresh.start();
    expect(fresh.state).toBe('starting');
    await fresh.untilListening();
    const second = `${taskId}b`;
    await adapter.assign(fresh, second);
    await eventually('the second completion line', () => completion(fresh, second));
    expect(adapter.saidWith(fresh, `Received task ${taskId},`)).toBeUndefined();
  });

  test('what was said while it was stopped is heard, the last ten messages', async () => {
    const restarted = hiclaw.worker('restarted');
    await restarted.stop();
    expect(restarted.state).toBe('stopped');
    await adapter.assign(restarted, taskId);
    for (let number = 1; number <= 9; number += 1) await adapter.tell(restarted, `chatter ${number}`);
    restarted.start();
    await eventually('the completion line', () => completion(restarted, taskId));
    await restarted.stop();
    const second = `${taskId}b`;
    await adapter.assign(restarted, second);
    for (let number = 1; number <= 10; number += 1) await adapter.tell(restarted, `chatter ${number}`);
    restarted.start();
    await restarted.untilListening();
    await settle(restarted);
    expect(completion(restarted, second)).toBeUndefined();
  });

  test('killed at work it forgets the job', async () => {
    const killed = hiclaw.worker('killed');
    killed.behave({ kind: 'complete', workDurationMs: 60_000 }, 'next-job');
    await adapter.assign(killed, taskId);
    await eventually('a plan', () => adapter.object(taskId, 'plan.md'));
    await killed.kill();
    killed.start();
    await killed.untilListening();
    await settle(killed);
    expect(adapter.object(taskId, 'result.md')).toBeUndefined();
    await adapter.tell(killed, `Please file-sync shared/tasks/${taskId}/spec.md again.`);
    await eventually('the completion line', () => completion(killed, taskId));
  });

  test('with its token revoked it runs and hears nothing, until it is restarted', async () => {
    const disconnected = hiclaw.worker('disconnected');
    disconnected.behave({ kind: 'disconnected' });
    await adapter.assign(disconnected, taskId);
    await eventually('the disconnection', () => hiclaw.worker('disconnected').state === 'disconnected');
    expect(disconnected.container.status).toBe('running');
    expect(adapter.said(disconnected)).toEqual([]);
    await disconnected.stop();
    disconnected.start();
    await eventually('the completion line', () => completion(disconnected, taskId));
  });
});

describe('told to', () => {
  test('fail, it says BLOCKED and writes why', async () => {
    alice.behave({ kind: 'fail', reason: 'no network' }, 'next-job');
    await adapter.assign(alice, taskId);
    const line = await eventually('a BLOCKED line', () =>
      adapter.saidWith(alice, `BLOCKED: ${taskId} - no network`),
    );
    expect(line.content['m.mentions']).toEqual({ user_ids: [adapter.userId] });
    expect(adapter.object(taskId, 'result.md')).toMatch(/^STATUS: BLOCKED\nSUMMARY: no network/);
  });

  test('be silent, it acknowledges and does no more', async () => {
    alice.behave({ kind: 'silent' }, 'next-job');
    await adapter.assign(alice, taskId);
    await eventually('an acknowledgement', () => adapter.saidWith(alice, `Received task ${taskId}`));
    await settle(alice);
    expect(hiclaw.objects(`shared/tasks/${taskId}/`).map((object) => object.writtenBy)).not.toContain(
      'alice',
    );
    await adapter.tell(alice, `Please file-sync shared/tasks/${taskId}/spec.md and go on.`);
    await eventually('the completion line after a reminder', () => completion(alice, taskId));
  });

  test('claim without a result', async () => {
    alice.behave({ kind: 'claim-without-result' }, 'next-job');
    await adapter.assign(alice, taskId);
    await eventually('the completion line', () => completion(alice, taskId));
    expect(adapter.object(taskId, 'result.md')).toBeUndefined();
  });

  test('have a result without a claim', async () => {
    alice.behave({ kind: 'result-without-claim' }, 'next-job');
    await adapter.assign(alice, taskId);
    await eventually('a result', () => adapter.object(taskId, 'result.md'));
    await settle(alice);
    expect(completion(alice, taskId)).toBeUndefined();
  });

  test('have a placeholder or nothing for a result', async () => {
    alice.behave({ kind: 'placeholder' }, 'next-job');
    alice.behave({ kind: 'placeholder', text: '' }, 'next-job');
    await adapter.assign(alice, taskId);
    await eventually('the completion line', () => completion(alice, taskId));
    expect(adapter.object(taskId, 'result.md')).toBe('TODO');
    const second = `${taskId}b`;
    await adapter.assign(alice, second);
    await eventually('the second completion line', () => completion(alice, second));
    expect(adapter.object(second, 'result.md')).toBe('');
  });

  test('have an error for an answer, without a mention', async () => {
    alice.behave({ kind: 'error-text' }, 'next-job');
    await adapter.assign(alice, taskId);
    const line = await eventually('an error', () => adapter.saidWith(alice, 'Error: model request failed'));
    expect(line.content).not.toHaveProperty('m.mentions');
    expect(adapter.object(taskId, 'result.md')).toBeUndefined();
  });

  test('ask, it goes on after the answer', async () => {
    alice.behave({ kind: 'question', text: 'In which language?' }, 'next-job');
    await adapter.assign(alice, taskId);
    const line = await eventually('a question', () =>
      adapter.saidWith(alice, `QUESTION: ${taskId} - In which language?`),
    );
    expect(line.content['m.mentions']).toEqual({ user_ids: [adapter.userId] });
    await adapter.tell(alice, 'In French, please.');
    await eventually('the completion line', () => completion(alice, taskId));
  });

  test('be disconnected at work, its line is never received', async () => {
    const disconnected = hiclaw.worker('disconnected');
    disconnected.behave({ kind: 'disconnected', when: 'at-work' }, 'next-job');
    await adapter.assign(disconnected, taskId);
    await eventually('a result', () => adapter.object(taskId, 'result.md'));
    await eventually('the disconnection', () => hiclaw.worker('disconnected').state === 'disconnected');
    expect(completion(disconnected, taskId)).toBeUndefined();
  });

  test('crash, its process ends and leaves a half-done folder', async () => {
    const crashing = hiclaw.worker('crashing');
    crashing.behave({ kind: 'crash' }, 'next-job');
    await adapter.assign(crashing, taskId);
    await eventually('the end of the process', () => hiclaw.worker('crashing').state === 'stopped');
    expect(adapter.object(taskId, 'plan.md')).toBeDefined();
    expect(adapter.object(taskId, 'result.md')).toBeUndefined();
  });
});

describe('in slow motion', () => {
  let slow: RunningHiclaw;
  let slowAdapter: TestAdapter;
  let carol: SandboxWorker;

  beforeAll(async () => {
    slow = await startHiclaw({
      workers: [{ name: 'carol' }],
      times: { ...quick, answerMs: 1500, pushEveryMs: 3_600_000 },
    });
    slowAdapter = new TestAdapter(slow);
    carol = slow.worker('carol');
  });

  afterAll(async () => {
    await slow.close();
  });

  test('receipt and typing show at acceptance, and typing ends with the first text', async () => {
    const since = String((await slowAdapter.call('GET', '/sync?timeout=0')).body['next_batch']);
    const ephemeral = async (): Promise<string> => {
      const { body } = await slowAdapter.call('GET', `/sync?timeout=0&since=${since}`);
      return JSON.stringify(body['rooms']);
    };
    const typing = `{"type":"m.typing","content":{"user_ids":["${carol.userId}"]}}`;
    carol.behave({ kind: 'complete', workDurationMs: 60_000 }, 'next-job');
    const eventId = await slowAdapter.assign(carol, taskId);
    await eventually('typing', async () => (await ephemeral()).includes(typing));
    expect(await ephemeral()).toContain(`{"${eventId}":{"m.read":{"${carol.userId}"`);
    expect(slowAdapter.said(carol)).toEqual([]);
    await eventually('a first text', () => slowAdapter.saidWith(carol, `Received task ${taskId}`));
    await eventually('the end of typing', async () => !(await ephemeral()).includes(typing));
    expect(carol.state).toBe('working');
  });

  test('recreated on an empty disk it begins from its last upload, and does a job again', async () => {
    await carol.stop();
    carol.start();
    await carol.untilListening();
    await slowAdapter.assign(carol, taskId);
    const lines = (): number =>
      slowAdapter.said(carol).filter((event) => bodyOf(event).includes(`TASK_COMPLETED: ${taskId}`)).length;
    await eventually('the completion line', () => lines() === 1);
    await carol.remove();
    expect(carol.state).toBe('removed');
    carol.start();
    await eventually('the completion line once more', () => lines() === 2);
  });
});
