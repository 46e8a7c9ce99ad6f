import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret, type LifecycleOptions, type ScriptOptions } from '@agrenting-hiclaw/core/domain';
import type { RunningHiclaw } from '@agrenting-hiclaw/sandbox/hiclaw';
import { json, startAnsweringServer } from '../test/answering-server.ts';
import { eventually, startWorld, type World } from '../test/world.ts';
import { createController, createLifecycle, type ClosableLifecycle } from '../index.ts';

const worker = { name: 'alice', userId: '@alice:h', roomId: '!room:h' };

describe('the script driver', () => {
  let directory: string;
  let open: ClosableLifecycle[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lifecycle-'));
    open = [];
  });
  afterEach(async () => {
    for (const lifecycle of open) lifecycle.close();
    await rm(directory, { recursive: true });
  });

  /** A lifecycle whose command is a real program with this text. */
  async function lifecycleOf(
    program: string,
    change: Partial<ScriptOptions> = {},
  ): Promise<ClosableLifecycle> {
    const path = join(directory, 'lifecycle-worker.sh');
    await writeFile(path, `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    const lifecycle = createLifecycle({
      driver: 'script',
      command: [path],
      environment: { PATH: '/usr/bin:/bin', HOME: directory },
      ...change,
    });
    open.push(lifecycle);
    return lifecycle;
  }

  const logLine = "echo '[lifecycle 2026-04-03T09:00:00Z] Worker alice: checking {state}'";
  const oneLine = (status: string, more = '') =>
    `${logLine}\necho '{"worker":"alice","status":"${status}","container_status":"running"${more}}'`;
  const manyLines = (status: string) =>
    `cat <<'END'\n{\n  "worker": "alice",\n  "status": "${status}",\n  "detail": {\n    "phase": "Running"\n  }\n}\nEND`;

  it.each([
    ['ready, in one line', oneLine('ready'), { kind: 'ready' }],
    ['started, in one line', oneLine('started'), { kind: 'starting', waitMs: 30_000 }],
    ['recreated, in one line', oneLine('recreated'), { kind: 'starting', waitMs: 60_000 }],
    ['remote, in one line', oneLine('remote'), { kind: 'remote' }],
    ['ready, over several lines', manyLines('ready'), { kind: 'ready' }],
    ['starting, over several lines', manyLines('starting'), { kind: 'starting', waitMs: 30_000 }],
    ['ready, with log lines behind', `${oneLine('ready')}\necho done`, { kind: 'ready' }],
  ])('understands %s', async (_what, program, readiness) => {
    expect(await (await lifecycleOf(program)).ensureReady(worker)).toEqual(readiness);
  });

  it('waits as long as it is configured to', async () => {
    const waits = { startedWaitMs: 1, recreatedWaitMs: 2 };
    const started = await lifecycleOf(oneLine('started'), waits);
    expect(await started.ensureReady(worker)).toEqual({ kind: 'starting', waitMs: 1 });
    const recreated = await lifecycleOf(oneLine('recreated'), waits);
    expect(await recreated.ensureReady(worker)).toEqual({ kind: 'starting', waitMs: 2 });
  });

  it.each([
    [
      'a failure with its reason',
      `${oneLine('failed', ',"error":"container_api_unavailable"')}\nexit 1`,
      'cannot reach Docker',
    ],
    ['a failure without one', `${oneLine('failed')}\nexit 1`, 'start it manually'],
    ['a status nobody knows', oneLine('hibernating'), 'hibernating'],
    ['no answer', 'echo "unknown argument: --worker" >&2; exit 1', 'unknown argument: --worker'],
    ['silence', 'exit 3', 'exited with 3'],
    ['braces that are no JSON', 'echo "{oops"', '{oops'],
  ])('says what to do about %s', async (_what, program, problem) => {
    const readiness = await (await lifecycleOf(program)).ensureReady(worker);
    expect(readiness).toEqual({ kind: 'failed', problem: expect.stringContaining(problem) });
    expect(readiness).toHaveProperty('problem', expect.stringContaining('worker alice'));
  });

  it('calls the program with these arguments, and shows it nothing else of the environment', async () => {
    const program = `echo "$@" > "$HOME/arguments"; env > "$HOME/environment"\n${oneLine('ready')}`;
    await (await lifecycleOf(program)).ensureReady(worker);
    const said = await readFile(join(directory, 'arguments'), 'utf8');
    expect(said).toBe('--action ensure-ready --worker alice\n');
    const environment = await readFile(join(directory, 'environment'), 'utf8');
    const names = environment.split('\n').map((line) => line.split('=')[0] ?? '');
    expect(names.filter((name) => !['', '_', 'PWD', 'SHLVL', 'OLDPWD'].includes(name)).toSorted()).toEqual([
      'HOME',
      'PATH',
    ]);
  });

  it.each(['alice; touch pwned', '$(touch pwned)', '--action', '-x', '../alice', 'Alice', '', 'a b', 'a\nb'])(
    'refuses %j as a name, and runs nothing',
    async (name) => {
      const lifecycle = await lifecycleOf(`touch "$HOME/ran"\n${oneLine('ready')}`);
      const readiness = await lifecycle.ensureReady({ ...worker, name });
      expect(readiness).toEqual({ kind: 'failed', problem: expect.stringContaining('not a worker name') });
      await expect(readFile(join(directory, 'ran'))).rejects.toThrow('ENOENT');
    },
  );

  it('kills a program that hangs, with what it started', async () => {
    const program = 'sleep 600 & echo $! > "$HOME/pid"; wait';
    const lifecycle = await lifecycleOf(program, { timeoutMs: 300 });
    const readiness = await lifecycle.ensureReady(worker);
    expect(readiness).toEqual({
      kind: 'failed',
      problem: expect.stringContaining('took longer than 300 ms'),
    });
    const pid = Number(await readFile(join(directory, 'pid'), 'utf8'));
    await eventually('the child of the script is gone', () => !isRunning(pid));
  });

  it('ends what runs when it is closed', async () => {
    const lifecycle = await lifecycleOf('touch "$HOME/ran"; sleep 600');
    const pending = lifecycle.ensureReady(worker);
    lifecycle.close();
    expect(await pending).toEqual({
      kind: 'failed',
      problem: expect.stringContaining('the adapter is stopping'),
    });
  });

  it('keeps the end of an endless output only', async () => {
    const lifecycle = await lifecycleOf(
      `head -c 3000000 /dev/zero | tr '\\0' 'x'; echo\n${oneLine('ready')}`,
    );
    expect(await lifecycle.ensureReady(worker)).toEqual({ kind: 'ready' });
  });

  it('runs once for calls that come together', async () => {
    const lifecycle = await lifecycleOf(`echo run >> "$HOME/runs"\n${oneLine('ready')}`);
    await Promise.all([lifecycle.ensureReady(worker), lifecycle.ensureReady(worker)]);
    await lifecycle.ensureReady(worker);
    expect(await readFile(join(directory, 'runs'), 'utf8')).toBe('run\nrun\n');
  });

  it('says that the program is not there', async () => {
    const lifecycle = await lifecycleOf('', { command: [join(directory, 'nowhere')] });
    expect(await lifecycle.ensureReady(worker)).toEqual({
      kind: 'failed',
      problem: expect.stringContaining('no such program'),
    });
  });

  it.each(['1.0', '1.2'] as const)(
    "starts a stopped worker through the Manager's script of %s",
    async (scripts) => {
      const world = await startWorld();
      world.hiclaw.turn({ manager: { scripts } });
      const { lifecycleCommand, home } = world.hiclaw.manager;
      const lifecycle = await lifecycleOf('', {
        command: [lifecycleCommand],
        environment: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home },
      });
      expect(await lifecycle.ensureReady(world.worker)).toMatchObject({ kind: 'starting' });
      await world.hiclaw.worker('alice').untilListening();
      expect(await lifecycle.ensureReady(world.worker)).toEqual({ kind: 'ready' });
      await world.close();
    },
  );
});

describe('the driver none', () => {
  it('assumes that the worker runs', async () => {
    expect(await createLifecycle({ driver: 'none' }).ensureReady(worker)).toEqual({ kind: 'remote' });
  });

  it.each(['stop', 'restart'] as const)('says why it cannot %s one', async (how) => {
    expect(await createLifecycle({ driver: 'none' })[how](worker)).toEqual({
      kind: 'failed',
      problem: expect.stringContaining('lifecycle.driver is none'),
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Each way to a worker of the sandbox, before the same questions. */
const DRIVERS: readonly (readonly [string, (hiclaw: RunningHiclaw) => LifecycleOptions])[] = [
  [
    'script',
    ({ manager }) => ({
      driver: 'script',
      command: [manager.lifecycleCommand],
      environment: { PATH: '/usr/bin:/bin', HOME: manager.home },
    }),
  ],
  [
    'cli',
    ({ manager }) => ({
      driver: 'cli',
      command: [manager.controllerCommand],
      environment: { PATH: '/usr/bin:/bin', HOME: manager.home },
    }),
  ],
  [
    'rest',
    ({ manager }) => ({
      driver: 'rest',
      url: manager.controllerUrl,
      token: () => Promise.resolve(new Secret(manager.controllerToken)),
    }),
  ],
];

describe.each(DRIVERS)('by %s, a worker', (driver, optionsOf) => {
  let world: World;
  let lifecycle: ClosableLifecycle;
  beforeEach(async () => {
    world = await startWorld();
    lifecycle = createLifecycle(optionsOf(world.hiclaw));
  });
  afterEach(async () => {
    lifecycle.close();
    await world.close();
  });

  it('that sleeps is started, once, and is ready then', async () => {
    const both = await Promise.all([
      lifecycle.ensureReady(world.worker),
      lifecycle.ensureReady(world.worker),
    ]);
    expect(both).toEqual([
      { kind: 'starting', waitMs: 30_000 },
      { kind: 'starting', waitMs: 30_000 },
    ]);
    await eventually('it runs', () => world.hiclaw.worker('alice').container.status === 'running');
    expect(await lifecycle.ensureReady(world.worker)).toEqual({ kind: 'ready' });
  });

  it('is looked at without being started', async () => {
    // Its script has no action that only looks.
    const isScript = driver === 'script';
    expect(await lifecycle.look(world.worker)).toEqual({ kind: isScript ? 'unknown' : 'asleep' });
    expect(world.hiclaw.worker('alice').container.starts).toBe(0);
    await lifecycle.ensureReady(world.worker);
    await eventually('it runs', () => world.hiclaw.worker('alice').container.status === 'running');
    expect(await lifecycle.look(world.worker)).toEqual({ kind: isScript ? 'unknown' : 'ready' });
    expect(await lifecycle.look({ name: 'zoe' })).toMatchObject({ kind: isScript ? 'unknown' : 'failed' });
    expect(await lifecycle.look({ name: '--help' })).toMatchObject({ kind: 'failed' });
  });

  it('that runs is stopped and started again', async () => {
    await lifecycle.ensureReady(world.worker);
    const { container } = world.hiclaw.worker('alice');
    await world.hiclaw.worker('alice').untilListening();
    const before = container.starts;
    expect(await lifecycle.restart(world.worker)).toMatchObject({ kind: 'starting' });
    await eventually('it runs', () => container.status === 'running');
    expect(container.starts).toBe(before + 1);
  });

  it('that runs is stopped and stays so, also when it is stopped again', async () => {
    await lifecycle.ensureReady(world.worker);
    const { container } = world.hiclaw.worker('alice');
    await world.hiclaw.worker('alice').untilListening();
    expect(await lifecycle.stop(world.worker)).toEqual({ kind: 'stopped' });
    expect(world.hiclaw.worker('alice').state).toBe('stopped');
    expect(await lifecycle.stop(world.worker)).toEqual({ kind: 'stopped' });
    expect(container.starts).toBe(1);
  });

  it('that is not there cannot be stopped or restarted', async () => {
    for (const how of ['stop', 'restart'] as const) {
      expect(await lifecycle[how]({ ...world.worker, name: 'zoe' })).toEqual({
        kind: 'failed',
        problem: expect.stringContaining('zoe'),
      });
      expect(await lifecycle[how]({ name: '--help' })).toEqual({
        kind: 'failed',
        problem: expect.stringContaining('is not a worker name'),
      });
    }
  });

  it('that is not there is a failure that says so', async () => {
    const zoe = { ...world.worker, name: 'zoe' };
    expect(await lifecycle.ensureReady(zoe)).toEqual({
      kind: 'failed',
      problem: expect.stringContaining('zoe'),
    });
  });

  it('whose name would be an option or a path is never passed on', async () => {
    for (const name of ['--help', '../x', 'a b', '$(id)', '']) {
      expect(await lifecycle.ensureReady({ ...world.worker, name })).toEqual({
        kind: 'failed',
        problem: expect.stringContaining('is not a worker name'),
      });
    }
    expect(driver).toBeDefined();
  });
});

describe('the cli driver', () => {
  it.each([
    ['a shell that does not know the program', 'sh: 1: agt: not found', 'failed'],
    ['Docker without the program', 'exec: "agt": executable file not found in $PATH: unknown', 'failed'],
    ['Docker without the container', 'Error response from daemon: No such container: x', 'failed'],
    ['the controller, of another', 'Error: worker "bob" not found', 'failed'],
    ['the controller, of the human that was asked for', 'Error: human "alice" not found', 'absent'],
  ])('takes %s for what it is', async (_what, complaint, kind) => {
    const controller = createController(
      {
        driver: 'cli',
        command: ['/bin/sh', '-c', `echo '${complaint}' >&2; exit 1`],
        environment: { PATH: '/usr/bin:/bin' },
      },
      new AbortController().signal,
    );
    expect(await controller.get('Human', 'alice')).toMatchObject({ kind });
  });
});

describe('the rest driver', () => {
  const rest = (url: string, token = 'a-token') =>
    createLifecycle({ driver: 'rest', url, token: () => Promise.resolve(new Secret(token)), timeoutMs: 500 });

  it('says that its token is no longer good', async () => {
    const world = await startWorld();
    const readiness = await rest(world.hiclaw.manager.controllerUrl).ensureReady(world.worker);
    expect(readiness).toEqual({ kind: 'failed', problem: expect.stringContaining('set a new one') });
    await world.close();
  });

  it('says that nobody answers', async () => {
    expect(await rest('http://127.0.0.1:9').ensureReady(worker)).toEqual({
      kind: 'failed',
      problem: expect.stringMatching(/the controller at http:\/\/127\.0\.0\.1:9 refused the connection/),
    });
  });

  it.each([
    ['Ready', { kind: 'ready' }],
    ['Running', { kind: 'ready' }],
    ['running', { kind: 'ready' }],
    ['Pending', { kind: 'starting', waitMs: 30_000 }],
    ['Updating', { kind: 'starting', waitMs: 30_000 }],
    ['Stopped', { kind: 'starting', waitMs: 30_000 }],
    ['SLEEPING', { kind: 'starting', waitMs: 30_000 }],
    ['Sleeping', { kind: 'starting', waitMs: 30_000 }],
    ['Failed', { kind: 'failed', problem: expect.stringContaining('"Failed", "no image"') }],
    ['Starting', { kind: 'starting', waitMs: 30_000 }],
    ['Stopping', { kind: 'starting', waitMs: 30_000 }],
    ['Dreaming', { kind: 'starting', waitMs: 30_000, unknownPhase: 'Dreaming' }],
  ])('understands the phase %s', async (phase, readiness) => {
    const server = await startAnsweringServer(json(200, { name: 'alice', phase, message: 'no image' }));
    expect(await rest(server.url).ensureReady(worker)).toEqual(readiness);
    await server.close();
  });

  it('takes a phase whatever else is odd in the answer', async () => {
    const server = await startAnsweringServer(json(200, { name: null, phase: 'Running', message: null }));
    expect(await rest(server.url).ensureReady(worker)).toEqual({ kind: 'ready' });
    await server.close();
  });

  it.each([
    [403, { error: 'forbidden' }, 'may not wake workers'],
    [404, { error: 'not found' }, 'there is no worker of this name'],
    [500, {}, 'answered 500'],
    [404, 'no such route', 'not an answer of the controller'],
    [200, 'Please log in', 'not an answer of the controller'],
    [200, { phases: [] }, 'does not describe a worker'],
  ])('understands an answer %d', async (status, body, problem) => {
    const server = await startAnsweringServer(json(status, body));
    expect(await rest(server.url).ensureReady(worker)).toEqual({
      kind: 'failed',
      problem: expect.stringContaining(problem),
    });
    await server.close();
  });
});
