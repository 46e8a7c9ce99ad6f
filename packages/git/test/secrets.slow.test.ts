import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { removeLeftovers } from '../src/index.ts';
import { allProcesses, contentsOf, type SeenProcess } from './processes.ts';
import {
  createWorld,
  done,
  given,
  hasGit,
  listening,
  notRun,
  saidOf,
  TOKEN,
  type Work,
  type World,
} from './world.ts';

const canSee = hasGit && process.platform === 'linux';
const notSeen = canSee ? '' : ' (not run: it needs git and the /proc of Linux)';
const SPELLINGS = [
  TOKEN,
  Buffer.from(TOKEN).toString('base64').slice(0, 24),
  Buffer.from(`x-access-token:${TOKEN}`).toString('base64').slice(20, 48),
];
const holdsToken = (text: string | Buffer): boolean => SPELLINGS.some((spelling) => text.includes(spelling));

/** The processes that work in a folder. */
const working = (processes: readonly SeenProcess[], folder: string): readonly SeenProcess[] =>
  processes.filter(({ environment }) => environment.includes(folder));

describe.skipIf(!canSee)(`a hirer's token${notSeen}`, () => {
  let world: World;
  let work: Work;

  beforeEach(async () => {
    world = await createWorld();
    work = await world.startWork();
  });
  afterEach(async () => {
    await world.close();
  });

  const looks = new EventEmitter();

  /** Resolves when somebody has looked around once from beginning to end. */
  async function wholeLook(): Promise<void> {
    // The one that is under way may have begun before.
    for (let count = 0; count < 2; count += 1) await once(looks, 'done');
  }

  /** Looks around all the time while something runs. */
  async function lookingAround(call: () => Promise<unknown>) {
    const found = { tokens: 0, looks: 0, programs: new Set<string>(), modes: new Set<string>() };
    const over = new AbortController();
    const watching = (async () => {
      while (!over.signal.aborted) {
        for (const { commandLine, environment } of await allProcesses()) {
          if (environment.includes(world.privateFolder)) found.programs.add(commandLine.split('\0')[0] ?? '');
          if (holdsToken(commandLine) || holdsToken(environment)) found.tokens += 1;
        }
        for (const name of await readdir(world.privateFolder)) {
          const seen = await stat(join(world.privateFolder, name)).catch(() => undefined);
          if (seen !== undefined) found.modes.add((seen.mode & 0o777).toString(8));
        }
        if (holdsToken(await contentsOf(world.privateFolder).catch(() => Buffer.alloc(0)))) found.tokens += 1;
        found.looks += 1;
        looks.emit('done');
      }
    })();
    const outcome = await call();
    over.abort();
    await watching;
    return { ...found, outcome };
  }

  test('is in no argument, environment or file while a repository is read and pushed to, nor afterwards', async () => {
    await work.write('a.txt', 'a\n');
    const order = work.order('patch', await work.diff());
    world.server.before(async ({ authorized }) => {
      // Git has the token meanwhile.
      if (authorized) await wholeLook();
    });
    const repositories = world.repositories();
    const seen = await lookingAround(async () => {
      given(await repositories.source(world.access()));
      return done(await repositories.push(order));
    });

    expect(seen.looks).toBeGreaterThan(5);
    expect(seen.programs).toContain('git');
    expect(seen.modes).toEqual(new Set(['700']));
    expect(seen.tokens).toBe(0);
    expect(await readdir(world.privateFolder)).toEqual([]);
    expect(JSON.stringify(seen.outcome)).not.toContain(TOKEN);
  });

  test('is in no argument or environment that any git is started with', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'git-program-'));
    // It says what it was started with, and becomes git.
    const record = join(folder, 'record');
    const { stdout } = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' });
    const real = stdout.trim();
    await writeFile(
      join(folder, 'git'),
      `#!/bin/sh\ncat /proc/$$/cmdline /proc/$$/environ >>${record}\nexec ${real} "$@"\n`,
      { mode: 0o700 },
    );
    const repositories = world.repositories({ searchPath: `${folder}:/usr/local/bin:/usr/bin:/bin` });
    given(await repositories.source(world.access()));
    const recorded = await contentsOf(folder);
    await rm(folder, { recursive: true });
    expect(recorded.includes('ls-remote')).toBe(true);
    expect(holdsToken(recorded)).toBe(false);
  });

  test('is in no problem, even when the host says it back', async () => {
    const server = createServer((_, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`no ${TOKEN}\n`);
    });
    const url = await listening(server);
    const repositories = world.repositories({ hosts: [{ origin: url, private: true }] });
    const outcome = await repositories.source({ ...world.access(), url: `${url}/sam/site` });
    server.close();
    expect(outcome.kind).toBe('unavailable');
    expect(saidOf(outcome)).not.toContain(TOKEN);
  });

  test('is not sent after a redirect, before or after the host has asked for it', async () => {
    const cases = [301, 302, 307, 308].flatMap((status) =>
      [false, true].map((asksFirst) => ({ status, asksFirst })),
    );
    for (const { status, asksFirst } of cases) {
      const server = createServer((incoming, response) => {
        if (asksFirst && incoming.headers.authorization === undefined)
          response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        else response.writeHead(status, { location: `${world.server.url}${incoming.url ?? ''}` }).end();
      });
      const url = await listening(server);
      const before = world.server.requests.length;
      const hosts = [
        { origin: url, private: true },
        { origin: world.server.url, private: true },
      ];
      const outcome = await world
        .repositories({ hosts })
        .source({ ...world.access(), url: `${url}/sam/site.git` });
      server.close();
      const isForGood = status === 301 || status === 308;
      expect(saidOf(outcome)).toContain(
        isForGood
          ? 'denied: the address leads to another one'
          : "unavailable: the repository's host sends us to another address for now",
      );
      expect(world.server.requests).toHaveLength(before);
    }
  });

  test('is sent to the addresses that were checked, whatever the name stands for by then', async () => {
    // A name that no name server knows: git could not find it alone.
    const port = new URL(world.server.url).port;
    const origin = `http://git.company.invalid:${port}`;
    const asked: string[] = [];
    const repositories = world.repositories({
      hosts: [{ origin, private: true }],
      lookup: (hostname) => {
        asked.push(hostname);
        return Promise.resolve(['127.0.0.1']);
      },
    });
    given(await repositories.source({ ...world.access(), url: `${origin}/sam/site.git` }));
    expect(asked).toEqual(['git.company.invalid']);
  });

  test('is not sent where one of the addresses is private and the owner has not said so', async () => {
    const before = world.server.requests.length;
    const repositories = world.repositories({
      hosts: [{ origin: 'https://github.com' }],
      lookup: () => Promise.resolve(['140.82.121.4', '127.0.0.1']),
    });
    const outcome = await repositories.source({ ...world.access(), url: 'https://github.com/sam/site' });
    expect(saidOf(outcome)).toContain('refused: "github.com" has an address that is not public');
    expect(world.server.requests).toHaveLength(before);
  });
});

describe.skipIf(!hasGit)(`what a repository brings with it${notRun}`, () => {
  let world: World;
  let home = '';

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'git-home-'));
    world = await createWorld({
      'a.txt': 'one\ntwo\nthree\n',
      '.gitattributes': '* filter=evil diff=evil merge=evil\n',
      '.gitconfig': '[core]\n\thooksPath = .\n',
      'pre-push': '#!/bin/sh\ntouch ran\n',
    });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await world.close();
    await rm(home, { recursive: true });
  });

  test('runs nothing: no hook, no filter, no driver, no setting of the user who runs the adapter', async () => {
    const mark = join(home, 'ran');
    const hooks = join(home, 'hooks');
    await mkdir(hooks);
    for (const hook of [
      'pre-push',
      'reference-transaction',
      'post-index-change',
      'applypatch-msg',
      'pre-commit',
    ]) {
      await writeFile(join(hooks, hook), `#!/bin/sh\necho hook >>${mark}\n`, { mode: 0o700 });
    }
    const run = `sh -c 'echo ran >>${mark}; cat'`;
    await writeFile(
      join(home, '.gitconfig'),
      [
        `[core]\n\thooksPath = ${hooks}\n\tfsmonitor = ${hooks}/pre-push`,
        `[filter "evil"]\n\tclean = ${run}\n\tsmudge = ${run}\n\trequired = true`,
        `[diff "evil"]\n\ttextconv = ${run}\n\tcommand = ${run}`,
        `[merge "evil"]\n\tdriver = ${run}`,
        `[credential]\n\thelper = !echo helper >>${mark}`,
        '',
      ].join('\n'),
    );
    const work = await world.startWork();
    await work.write('a.txt', 'one\ntwo\nTHREE\n');
    const diff = await work.diff();
    await world.server.commit('sam/site', 'main', { 'a.txt': 'ONE\ntwo\nthree\n' });
    vi.stubEnv('HOME', home);
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(home, '.gitconfig'));
    vi.stubEnv('GIT_EXTERNAL_DIFF', join(hooks, 'pre-push'));
    vi.stubEnv('GIT_ASKPASS', join(hooks, 'pre-push'));
    vi.stubEnv('GIT_PROXY_COMMAND', join(hooks, 'pre-push'));
    const repositories = world.repositories({ target: 'default-branch' });
    done(await repositories.push(work.order('patch', diff)));

    expect(await world.server.fileOf('sam/site', 'main', 'a.txt')).toBe('ONE\ntwo\nTHREE\n');
    expect(await readdir(home)).not.toContain('ran');
  });
});

describe.skipIf(!canSee)(`git${notSeen}`, () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(async () => {
    await world.close();
  });

  const workingNow = async () => working(await allProcesses(), world.privateFolder);

  test('is killed with everything that it started when its time is up', async () => {
    const { promise: never, resolve: release } = Promise.withResolvers<undefined>();
    world.server.before(() => never);
    const reading = world.repositories({ timeoutMs: 1_500 }).source(world.access());
    await until(async () => (await workingNow()).length >= 2);
    const outcome = await reading;

    expect(saidOf(outcome)).toContain('unavailable: git was not done after 2 s and was stopped');
    // A process that was killed is gone as soon as the kernel gets to it.
    await expect.poll(workingNow, { timeout: 30_000 }).toEqual([]);
    expect(await readdir(world.privateFolder)).toEqual([]);
    release(undefined);
  });

  test('is killed when the adapter stops', async () => {
    const { promise: never, resolve: release } = Promise.withResolvers<undefined>();
    world.server.before(() => never);
    const stopping = new AbortController();
    const reading = world.repositories({ signal: stopping.signal }).source(world.access());
    await until(async () => (await workingNow()).length >= 2);
    stopping.abort();

    expect(saidOf(await reading)).toContain('the adapter is stopping');
    // A process that was killed is gone as soon as the kernel gets to it.
    await expect.poll(workingNow, { timeout: 30_000 }).toEqual([]);
    expect(await readdir(world.privateFolder)).toEqual([]);
    release(undefined);
  });

  test('leaves a directory when the adapter is killed, and the next one removes it', async () => {
    const { promise: never, resolve: release } = Promise.withResolvers<undefined>();
    world.server.before(() => never);
    const child = spawn(
      process.execPath,
      [
        '--conditions=agrenting-hiclaw-source',
        join(import.meta.dirname, 'reading-process.ts'),
        world.server.url,
        world.url,
        world.privateFolder,
      ],
      { stdio: 'ignore' },
    );
    await until(
      async () => (await readdir(world.privateFolder)).length === 1 && (await workingNow()).length >= 2,
    );
    expect(await removeLeftovers(world.privateFolder)).toBe(0);
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill('SIGKILL');
    await ended;
    expect(holdsToken(await contentsOf(world.privateFolder))).toBe(false);
    release(undefined);
    world.server.before(undefined);

    given(await world.repositories().source(world.access()));
    expect(await readdir(world.privateFolder)).toEqual([]);
    await until(async () => (await workingNow()).length === 0);
  });

  test('is not looked for in directories of others', async () => {
    const mine = join(world.privateFolder, `agrenting-git-${process.pid}-abcdef`);
    const other = join(world.privateFolder, 'agrenting-git-notes');
    await mkdir(mine);
    await mkdir(other);
    expect(await removeLeftovers(world.privateFolder)).toBe(0);
    expect(await readdir(world.privateFolder)).toHaveLength(2);
  });
});
