import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { machineClock } from '../clock.ts';
import type { RunningHiclaw } from '../hiclaw.ts';
import { startHiclaw } from '../start-hiclaw.ts';
import { eventually, quick, TestAdapter } from '../testing/adapter.ts';

let hiclaw: RunningHiclaw;
let adapter: TestAdapter;
let clockAheadMs = 0;

beforeAll(async () => {
  hiclaw = await startHiclaw({
    workers: [
      { name: 'alice' },
      { name: 'bob', running: false },
      { name: 'idle' },
      { name: 'far', running: false, deployment: 'remote' },
    ],
    times: quick,
    clock: { ...machineClock, now: () => Date.now() + clockAheadMs },
  });
  adapter = new TestAdapter(hiclaw);
});

afterEach(() => {
  clockAheadMs = 0;
  hiclaw.turn({ manager: { scripts: '1.0', containerApiUnavailable: false } });
  for (const worker of hiclaw.workers) worker.failStarts(false);
});

afterAll(async () => {
  await hiclaw.close();
});

interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command as a real child process, with the Manager's HOME. */
const run = (command: string, ...argv: string[]): Promise<Exit> => runIn(hiclaw.manager.home, command, argv);

const runIn = async (home: string, command: string, argv: readonly string[]): Promise<Exit> => {
  const options = { env: { HOME: home, PATH: '/usr/bin:/bin' } };
  try {
    const { stdout, stderr } = await promisify(execFile)(command, argv, options);
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error && 'stdout' in error && 'stderr' in error))
      throw error;
    return { code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) };
  }
};

const lifecycle = (...argv: string[]): Promise<Exit> => run(hiclaw.manager.lifecycleCommand, ...argv);
const manageState = (...argv: string[]): Promise<Exit> => run(hiclaw.manager.stateCommand, ...argv);
const copaw = (...argv: string[]): Promise<Exit> => run(hiclaw.manager.copawCommand, ...argv);
const file = async (name: string): Promise<Record<string, unknown>> => {
  return z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(await readFile(join(hiclaw.manager.home, name), 'utf8')));
};
const lastLine = (text: string): unknown => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');

describe('lifecycle-worker.sh of 1.0', () => {
  test('starts a worker that then takes a job', async () => {
    const bob = hiclaw.worker('bob');
    const started = await lifecycle('--action', 'ensure-ready', '--worker', 'bob');
    expect(started.code).toBe(0);
    expect(lastLine(started.stdout)).toEqual({
      worker: 'bob',
      status: 'started',
      container_status: 'running',
    });
    expect(started.stdout).toMatch(
      /^\[lifecycle \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] Worker bob container_status=created$/m,
    );
    await bob.untilListening();
    await adapter.assign(bob, 'agrenting-bob');
    await eventually('the completion line', () => adapter.saidWith(bob, 'TASK_COMPLETED: agrenting-bob'));
    const ready = await lifecycle('--action', 'ensure-ready', '--worker', 'bob');
    expect(lastLine(ready.stdout)).toEqual({ worker: 'bob', status: 'ready', container_status: 'running' });
  });

  test('stops, deletes and recreates one', async () => {
    const bob = hiclaw.worker('bob');
    expect((await lifecycle('--action', 'start', '--worker', 'bob')).code).toBe(0);
    expect((await lifecycle('--action', 'stop', '--worker', 'bob')).code).toBe(0);
    expect(bob.state).toBe('stopped');
    expect(await file('worker-lifecycle.json')).toMatchObject({
      version: 1,
      idle_timeout_minutes: 720,
      workers: { bob: { container_status: 'stopped' } },
    });
    expect((await lifecycle('--action', 'delete', '--worker', 'bob')).code).toBe(0);
    expect(bob.state).toBe('removed');
    const recreated = await lifecycle('--action', 'ensure-ready', '--worker', 'bob');
    expect(lastLine(recreated.stdout)).toMatchObject({ status: 'recreated' });
  });

  test('says sync-status in log lines only, and for all workers', async () => {
    const synced = await lifecycle('--action', 'sync-status', '--worker', 'alice');
    expect(synced.code).toBe(0);
    expect(synced.stdout).toMatch(/Worker alice: status=running \(backend=docker\)\n/);
    expect(synced.stdout).toMatch(/Worker idle: status=running/);
    expect(synced.stdout.trimEnd()).toMatch(/Status sync complete$/);
    expect(await file('worker-lifecycle.json')).toMatchObject({
      workers: { alice: { container_status: 'running' } },
    });
  });

  test('fails with a reason', async () => {
    hiclaw.worker('bob').failStarts(true);
    await hiclaw.worker('bob').stop();
    const failed = await lifecycle('--action', 'ensure-ready', '--worker', 'bob');
    expect(failed.code).toBe(1);
    expect(lastLine(failed.stdout)).toEqual({
      worker: 'bob',
      status: 'failed',
      container_status: 'exited',
      error: 'start_failed',
    });
    hiclaw.turn({ manager: { containerApiUnavailable: true } });
    const unavailable = await lifecycle('--action', 'ensure-ready', '--worker', 'alice');
    expect(unavailable.code).toBe(1);
    expect(lastLine(unavailable.stdout)).toMatchObject({
      status: 'failed',
      error: 'container_api_unavailable',
    });
  });

  test('leaves remote workers alone', async () => {
    expect(lastLine((await lifecycle('--action', 'ensure-ready', '--worker', 'far')).stdout)).toEqual({
      worker: 'far',
      status: 'remote',
      container_status: 'remote',
    });
    expect((await lifecycle('--action', 'start', '--worker', 'far')).code).toBe(1);
  });

  test('refuses what it does not know', async () => {
    const unknown = await lifecycle('--verbose');
    expect([unknown.code, unknown.stderr]).toEqual([1, 'Unknown argument: --verbose\n']);
    expect((await lifecycle('--action', 'start')).code).toBe(1);
  });

  test('stops who is idle for too long and has no task in state.json', async () => {
    const [alice, idle] = [hiclaw.worker('alice'), hiclaw.worker('idle')];
    await manageState(
      '--action',
      'add-finite',
      '--task-id',
      't1',
      '--title',
      'T',
      '--assigned-to',
      'alice',
      '--room-id',
      alice.roomId,
    );
    await hiclaw.checkIdle();
    expect(idle.state).toBe('listening');
    clockAheadMs = 721 * 60_000;
    await hiclaw.checkIdle();
    expect(idle.state).toBe('stopped');
    expect(alice.state).toBe('listening');
    await manageState('--action', 'complete', '--task-id', 't1');
  });
});

test('lifecycle-worker.sh of 1.2 answers over several lines, and says little else', async () => {
  hiclaw.turn({ manager: { scripts: '1.2' } });
  await hiclaw.worker('bob').stop();
  const started = await lifecycle('--action', 'ensure-ready', '--worker', 'bob');
  expect(started.stdout).toBe(
    '{\n  "worker": "bob",\n  "status": "starting",\n  "container_status": "pending"\n}\n',
  );
  const ready = await lifecycle('--action', 'ensure-ready', '--worker', 'bob');
  expect(JSON.parse(ready.stdout)).toEqual({ worker: 'bob', status: 'ready', container_status: 'running' });
  expect(await lifecycle('--action', 'sync-status')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect((await lifecycle('--action', 'start')).code).toBe(2);
  expect((await lifecycle('--action', 'nonsense')).code).toBe(2);
  expect((await lifecycle('--nonsense')).code).toBe(1);
});

test('manage-state.sh keeps state.json', async () => {
  const add = [
    '--action',
    'add-finite',
    '--task-id',
    't2',
    '--title',
    'A title',
    '--assigned-to',
    'alice',
    '--room-id',
    '!r:h',
  ];
  expect(await manageState('--action', 'init')).toMatchObject({
    code: 0,
    stdout: `OK: state.json ready at ${hiclaw.manager.home}/state.json\n`,
  });
  expect((await manageState(...add)).stdout).toBe('OK: added finite task t2 "A title" (assigned to alice)\n');
  expect((await manageState(...add)).stdout).toBe('SKIP: task t2 already in active_tasks\n');
  expect(await file('state.json')).toMatchObject({
    admin_dm_room_id: null,
    active_tasks: [
      { task_id: 't2', title: 'A title', type: 'finite', assigned_to: 'alice', room_id: '!r:h' },
    ],
  });
  expect((await manageState('--action', 'list')).stdout).toContain(
    '  t2  type=finite  worker=alice  title="A title"',
  );
  expect((await manageState('--action', 'complete', '--task-id', 't2')).stdout).toBe(
    'OK: removed task t2 from active_tasks\n',
  );
  expect((await manageState('--action', 'complete', '--task-id', 't2')).stdout).toBe(
    'SKIP: task t2 not found in active_tasks\n',
  );
  const missing = await manageState('--action', 'add-finite', '--task-id', 't3');
  expect([missing.code, missing.stderr]).toEqual([
    1,
    "ERROR: missing required arguments for 'add-finite': --title --assigned-to --room-id\n",
  ]);
});

test('the heartbeat asks workers with open tasks how they go', async () => {
  const alice = hiclaw.worker('alice');
  await manageState(
    '--action',
    'add-finite',
    '--task-id',
    't4',
    '--title',
    'T',
    '--assigned-to',
    'alice',
    '--room-id',
    alice.roomId,
  );
  expect(hiclaw.heartbeat()).toBe(1);
  await eventually('an answer', () => adapter.saidWith(alice, 'no work open'));
  await manageState('--action', 'complete', '--task-id', 't4');
});

test('heartbeat and idle check run on a timer, if asked to', async () => {
  const other = await startHiclaw({
    workers: [{ name: 'erin' }, { name: 'frank' }],
    times: { ...quick, workMs: 60_000 },
    heartbeatEveryMs: 50,
    idleCheckEveryMs: 50,
    // Long enough for erin to be given a task on a slow machine.
    idleTimeoutMinutes: 0.08,
  });
  try {
    const erin = other.worker('erin');
    const task = ['--task-id', 't5', '--title', 'T', '--assigned-to', 'erin', '--room-id', erin.roomId];
    const { code } = await runIn(other.manager.home, other.manager.stateCommand, [
      '--action',
      'add-finite',
      ...task,
    ]);
    expect(code).toBe(0);
    await eventually('a stopped worker', () => other.worker('frank').state === 'stopped', 30_000);
    await eventually('a question of the manager', () =>
      other.timeline(erin.roomId).some((event) => JSON.stringify(event).includes('[t5] going')),
    );
  } finally {
    await other.close();
  }
});

describe('copaw channels send', () => {
  const send = (room: string, text: string): Promise<Exit> =>
    copaw(
      ...[
        ['channels', 'send'],
        ['--agent-id', 'default'],
        ['--channel', 'matrix'],
        ['--target-user', hiclaw.worker('alice').userId],
        ['--target-session', room],
        ['--text', text],
      ].flat(),
    );

  test('speaks as the manager, with a mention', async () => {
    const alice = hiclaw.worker('alice');
    await adapter.putTask('agrenting-copaw', { 'spec.md': adapter.spec('agrenting-copaw') });
    const sent = await send(
      alice.roomId,
      'Task assigned: agrenting-copaw. Please file-sync shared/tasks/agrenting-copaw/',
    );
    expect(JSON.parse(sent.stdout)).toMatchObject({ success: true });
    await eventually('the completion line', () => adapter.saidWith(alice, 'TASK_COMPLETED: agrenting-copaw'));
    const said = hiclaw
      .timeline(alice.roomId)
      .find((event) => JSON.stringify(event).includes('Task assigned'));
    expect(said).toMatchObject({
      sender: '@manager:matrix-local.hiclaw.io:18080',
      content: { 'm.mentions': { user_ids: [alice.userId] } },
    });
  });

  test('succeeds also where the room refuses', async () => {
    const sent = await send('!nowhere:matrix-local.hiclaw.io:18080', 'hello');
    expect([sent.code, JSON.parse(sent.stdout)]).toMatchObject([0, { success: true }]);
  });

  test('needs all five options', async () => {
    const sent = await copaw('channels', 'send', '--agent-id', 'default', '--channel', 'matrix');
    expect(sent.code).toBe(2);
    expect(sent.stderr).toContain("Missing option '--target-user'");
  });
});
