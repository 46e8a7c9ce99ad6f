import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runLocalGit, startGitServer, type GitServer } from '@agrenting-hiclaw/sandbox/git';
import { until, type AppProcess, type Environment } from '@agrenting-hiclaw/sandbox/testing';
import { tmpdir } from 'node:os';
import { describe } from 'vitest';
import type { RunningAdapter } from '@agrenting-hiclaw/app';
import { test as environmentTest } from './environment.ts';

const CANARY = 'canary-token-of-the-hirer-7f3a';
const REPOSITORY = 'acme/site';
const README = '# Site\n\nOur shop on the web.\n';
const PATCH = `diff --git a/README.md b/README.md
--- a/README.md
+++ b/README.md
@@ -1,3 +1,5 @@
 # Site
 
 Our shop on the web.
+
+Run \`npm run build\`.
`;
const RESULT = 'STATUS: SUCCESS\nSUMMARY: The README says how to build.\n\nA line on the build was added.\n';

const hasGit = await runLocalGit(['--version'], { directory: tmpdir() }).then(
  () => true,
  () => false,
);
const notRun = hasGit ? '' : ' (not run: git is not installed)';

type Outlets = Readonly<Record<string, string>>;

/** What every process of this machine shows of itself; the one that plays the hirer has to know the token. */
async function processList(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const shown = pids.flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
  const texts = await Promise.all(shown.map(async (file) => await readFile(file, 'latin1').catch(() => '')));
  return texts.join('\n');
}

/** Everything outside of the adapter that somebody but it and the hirer can look at. */
async function outletsOf(env: Environment<RunningAdapter>, app: AppProcess): Promise<Outlets> {
  const objects = env.hiclaw.objects('').map(({ key }) => env.hiclaw.object(key) ?? Buffer.alloc(0));
  const files = (await readdir(env.folder)).filter((name) => name.startsWith('store.sqlite'));
  const store = await Promise.all(
    files.map(async (name) => await readFile(join(env.folder, name), 'latin1')),
  );
  const health = /"health":"([^"]+)"/.exec(app.output)?.[1] ?? '';
  const answers = await Promise.all(
    ['ready', 'metrics'].map(async (path) => await (await fetch(`${health}/${path}`)).text()),
  );
  return {
    storage: objects.map((bytes) => Buffer.from(bytes).toString('latin1')).join('\n'),
    rooms: env.hiclaw.workers.map(({ roomId }) => JSON.stringify(env.hiclaw.timeline(roomId))).join('\n'),
    disk: [...env.hiclaw.worker('alice').files.values()].join('\n'),
    log: app.output,
    health: answers.join('\n'),
    store: store.join('\n'),
    processes: await processList(),
  };
}

/** Looks again and again until told to stop; gives the outlets in which the token was ever seen. */
function watch(env: Environment<RunningAdapter>, app: AppProcess): () => Promise<string[]> {
  const seen = new Set<string>();
  const stop = new AbortController();
  const look = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      for (const [outlet, text] of Object.entries(await outletsOf(env, app))) {
        if (text.includes(CANARY)) seen.add(outlet);
      }
    }
  };
  const looked = look();
  return async () => {
    stop.abort();
    await looked;
    return [...seen].toSorted();
  };
}

interface Fixtures {
  /** The hirer's private repository, and what a hire for it brings. */
  readonly hirers: { readonly server: GitServer; readonly more: HireMore };
}
type HireMore = { readonly deliveryMode: 'push'; readonly repoUrl: string; readonly repoAccessToken: string };

const test = environmentTest.extend<Fixtures>({
  hirers: async ({ task: _ofThisTest }, use) => {
    const server = await startGitServer({ token: CANARY });
    const repoUrl = await server.create(REPOSITORY, { 'README.md': README });
    await use({ server, more: { deliveryMode: 'push', repoUrl, repoAccessToken: CANARY } });
    await server.close();
  },
});

function settings(origin: string, push: 'adapter' | 'worker') {
  return { log: { level: 'trace' }, push: { hosts: [{ origin, private: true }] }, policy: { push } };
}

describe.skipIf(!hasGit)(`a hire in push mode${notRun}`, () => {
  test('ends with a commit made from the work of a worker that never saw the token', async ({
    openEnvironment,
    startProcess,
    hirers: { server: remote, more },
    expect,
  }) => {
    const env = await openEnvironment({ listing: { category: 'coding' } });
    const app = await startProcess(env, settings(remote.url, 'adapter'));
    env.hiclaw
      .worker('alice')
      .behave({ kind: 'complete', result: RESULT, files: [{ path: 'change.patch', text: PATCH }] });
    const stop = watch(env, app);
    const { id } = env.hire('alice', 'Say how the site is built.', more);
    const ended = await env.ended(id);
    expect(await stop()).toEqual([]);

    const branch = `agrenting/${env.hiclaw.taskId(`agrenting-${id}-a1`)}`;
    const commits = await remote.commitsOf(REPOSITORY, branch);
    expect(await remote.fileOf(REPOSITORY, branch, 'README.md')).toContain('npm run build');
    expect(await remote.fileOf(REPOSITORY, 'main', 'README.md')).toBe(README);
    expect(ended.taskOutput).toMatchObject({
      branch,
      commits: commits.slice(-1),
      files_changed: ['README.md'],
      text: expect.stringContaining(commits.at(-1) ?? 'no commit'),
    });
    // The worker worked on what it was given: a bundle, without an address that needs a token.
    const worked = env.hiclaw.object(
      `shared/tasks/${env.hiclaw.taskId(`agrenting-${id}-a1`)}/base/repository.bundle`,
    );
    expect(worked?.length).toBeGreaterThan(100);
    for (const [outlet, text] of Object.entries(await outletsOf(env, app))) {
      expect(text.includes(CANARY), outlet).toBe(false);
    }
  });

  test('puts the token in the task folder where the operator has workers push, and removes it at the end', async ({
    openEnvironment,
    startProcess,
    hirers: { server: remote, more },
    expect,
  }) => {
    const env = await openEnvironment({ listing: { category: 'coding' } });
    const app = await startProcess(env, settings(remote.url, 'worker'));
    expect(app.output).toContain('the tokens of hirers lie in the shared storage');
    env.hiclaw.worker('alice').behave({ kind: 'complete', result: RESULT });
    const stop = watch(env, app);
    const { id } = env.hire('alice', 'Say how the site is built.', more);
    await env.ended(id);
    const endedAtMs = Date.now();
    const seen = await stop();
    expect(seen).toContain('storage');
    expect(seen).toContain('disk');
    expect(seen).not.toContain('log');
    expect(seen).not.toContain('store');
    await until(async () => !(await outletsOf(env, app))['storage']?.includes(CANARY), 5_000);
    expect(Date.now() - endedAtMs).toBeLessThan(1_000);
  });
});
