import { createServer, request } from 'node:http';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SOURCE_BRANCH, type Repositories } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createWorld,
  done,
  given,
  hasGit,
  listening,
  notRun,
  OWN_BRANCH,
  saidOf,
  TASK,
  type Work,
  type World,
} from './world.ts';

const MAIN = 'src/main.txt';

describe.skipIf(!hasGit)(`a worker's change, pushed to a branch of its own${notRun}`, () => {
  let world: World;
  let work: Work;
  let repositories: Repositories;

  beforeEach(async () => {
    world = await createWorld();
    work = await world.startWork();
    repositories = world.repositories();
  });
  afterEach(async () => {
    await world.close();
  });

  /** Runs git in the repository on the server. */
  const git = (...command: readonly string[]) =>
    work.git('--git-dir', world.server.directoryOf('sam/site'), ...command);
  const logOf = (format: string): Promise<string> =>
    work.git(
      '--git-dir',
      world.server.directoryOf('sam/site'),
      'log',
      `--format=${format}`,
      `main..${OWN_BRANCH}`,
    );

  test('is one commit of the adapter when it is a bare diff', async () => {
    await work.write(MAIN, 'one\nTWO\nthree\nfour\nfive\n');
    await work.write('new/file.txt', 'new\n');
    const outcome = done(await repositories.push(work.order('patch', await work.diff())));

    const commits = await world.server.commitsOf('sam/site', OWN_BRANCH);
    expect(outcome).toEqual({
      kind: 'pushed',
      branch: OWN_BRANCH,
      commits: commits.slice(1),
      filesChanged: ['new/file.txt', MAIN],
    });
    expect(commits).toHaveLength(2);
    expect(commits[0]).toBe(work.base.commit);
    expect(await world.server.fileOf('sam/site', OWN_BRANCH, MAIN)).toBe('one\nTWO\nthree\nfour\nfive\n');
    const adapter = 'Agrenting HiClaw adapter <adapter@agrenting-hiclaw.invalid> 1750000000';
    expect(await logOf('%an <%ae> %at%n%cn <%ce> %ct%n%B')).toBe(
      `${adapter}\n${adapter}\nChange by the worker: "Say it better"\n\nAgrenting-Task: ${TASK}`,
    );
    expect(await world.server.commitsOf('sam/site', 'main')).toEqual([work.base.commit]);
  });

  test('keeps authors, dates and messages when it is of git format-patch', async () => {
    await work.write(MAIN, 'one\nTWO\nthree\nfour\nfive\n');
    await work.commit('Shout two\n\nBecause nobody heard it.');
    await work.write('naïve.bin', '\0\u0001binary');
    await work.commit('Füge Bytes hinzu');
    const outcome = done(await repositories.push(work.order('patch', await work.formatPatch())));

    expect(outcome.commits).toEqual((await world.server.commitsOf('sam/site', OWN_BRANCH)).slice(1));
    expect(outcome.commits).toHaveLength(2);
    const trailer = `Agrenting-Task: ${TASK}`;
    expect(await logOf('%an %cn%n%B')).toBe(
      [
        'Sam Person Agrenting HiClaw adapter\nFüge Bytes hinzu\n\n',
        `${trailer}\n\n`,
        'Sam Person Agrenting HiClaw adapter\nShout two\n\nBecause nobody heard it.\n\n',
        trailer,
      ].join(''),
    );
    expect(await world.server.fileOf('sam/site', OWN_BRANCH, 'naïve.bin')).toBe('\0\u0001binary');
  });

  test('keeps its commits as they are when it is a bundle', async () => {
    await work.write(MAIN, 'one\nTWO\nthree\nfour\nfive\n');
    await work.commit('Shout two');
    await work.write(MAIN, 'one\nTWO\nTHREE\nfour\nfive\n');
    await work.commit('Shout three');
    const outcome = done(await repositories.push(work.order('bundle', await work.bundle())));

    const made = await work.git('rev-list', '--reverse', `${work.base.commit}..HEAD`);
    expect(outcome.commits).toEqual(made.split('\n'));
    expect(await world.server.commitsOf('sam/site', OWN_BRANCH)).toEqual([
      work.base.commit,
      ...made.split('\n'),
    ]);
    expect(outcome.filesChanged).toEqual([MAIN]);
  });

  test('is not taken from a bundle whose commits pass for ours, by which another task would count as pushed', async () => {
    await work.write('a.txt', 'a\n');
    await work.git('add', '--all');
    const person = 'Agrenting HiClaw adapter <adapter@agrenting-hiclaw.invalid> 1700000000 +0000';
    const forged = [
      `tree ${await work.git('write-tree')}`,
      `parent ${work.base.commit}`,
      `author ${person}`,
      `committer ${person}`,
      '',
      'Add a\n\nAgrenting-Task: another-task\n',
    ];
    await work.write('../forged', forged.join('\n'));
    await work.git('reset', '--soft', await work.git('hash-object', '-t', 'commit', '-w', '../forged'));
    const outcome = await repositories.push(work.order('bundle', await work.bundle()));
    expect(outcome.kind).toBe('unusable');
    expect(saidOf(outcome)).toContain('commit under another name');
    expect(await world.server.commitsOf('sam/site', OWN_BRANCH)).toEqual([]);
  });

  test('is taken from a bundle that holds the whole history, too', async () => {
    await work.write('a.txt', 'a\n');
    await work.commit('Add a');
    const outcome = await repositories.push(work.order('bundle', await work.bundle(SOURCE_BRANCH)));
    expect(done(outcome).commits).toEqual([await work.git('rev-parse', 'HEAD')]);
  });

  test('fits itself in when the base has moved on: the branch starts where the work did', async () => {
    await work.write('a.txt', 'a\n');
    await world.server.commit('sam/site', 'main', { 'b.txt': 'b\n' });
    done(await repositories.push(work.order('patch', await work.diff())));
    expect((await world.server.commitsOf('sam/site', OWN_BRANCH))[0]).toBe(work.base.commit);
  });

  test('is pushed once, however often it is pushed and by whom', async () => {
    await work.write('a.txt', 'a\n');
    const order = work.order('patch', await work.diff());
    const first = done(await repositories.push(order));
    // As after a crash between push and answer.
    const second = await world.repositories().push(order);

    expect(second).toEqual(first);
    const pushes = world.server.requests.filter(
      ({ method, path, authorized }) => method === 'POST' && path.endsWith('/git-receive-pack') && authorized,
    );
    expect(pushes).toHaveLength(1);
  });

  test('counts as pushed when the host has taken it and its answer is lost', async () => {
    let lost = 0;
    const between = createServer((incoming, response) => {
      const { method, headers, url = '' } = incoming;
      const onwards = request(`${world.server.url}${url}`, { method, headers }, (answer) => {
        if (method === 'POST' && url.endsWith('/git-receive-pack')) {
          lost += 1;
          answer.resume().on('end', () => response.destroy());
        } else {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        }
      });
      incoming.pipe(onwards);
    });
    const origin = await listening(between);
    const access = { ...world.access(), url: `${origin}/sam/site.git` };
    repositories = world.repositories({ hosts: [{ origin, private: true }] });
    await work.write('a.txt', 'a\n');
    const outcome = done(await repositories.push(work.order('patch', await work.diff(), { access })));
    between.close();
    // What carries git's requests may retry automatically.
    expect(lost).toBeGreaterThan(0);
    expect(await world.server.commitsOf('sam/site', OWN_BRANCH)).toEqual([
      work.base.commit,
      ...outcome.commits,
    ]);
  });

  test('counts as pushed when the hirer has built on it since', async () => {
    await work.write('a.txt', 'a\n');
    const order = work.order('patch', await work.diff());
    const first = done(await repositories.push(order));
    await world.server.commit('sam/site', OWN_BRANCH, { 'more.txt': 'more\n' });
    expect(await world.repositories().push(order)).toEqual(first);
  });

  test('counts as pushed when the hirer has merged it and removed the branch', async () => {
    await work.write('a.txt', 'a\n');
    const order = work.order('patch', await work.diff());
    const first = done(await repositories.push(order));
    await git('update-ref', 'refs/heads/main', `refs/heads/${OWN_BRANCH}`);
    await git('update-ref', '-d', `refs/heads/${OWN_BRANCH}`);
    expect(await world.repositories().push(order)).toEqual({ ...first, branch: 'main' });
  });

  test('is denied when the branch is there with something else', async () => {
    await world.server.commit('sam/site', OWN_BRANCH, { 'other.txt': 'other\n' });
    const before = await world.server.commitsOf('sam/site', OWN_BRANCH);
    await work.write('a.txt', 'a\n');
    const outcome = await repositories.push(work.order('patch', await work.diff()));
    expect(saidOf(outcome)).toBe(
      `denied: the repository has a branch ${OWN_BRANCH} with other commits: the hirer has to rename or remove it`,
    );
    expect(await world.server.commitsOf('sam/site', OWN_BRANCH)).toEqual(before);
  });

  test('is denied, with what the host says, when the host does not take it', async () => {
    await git('config', 'receive.denyUpdates', 'true');
    await git('config', 'transfer.hideRefs', 'refs/heads/agrenting');
    await work.write('a.txt', 'a\n');
    const outcome = await repositories.push(work.order('patch', await work.diff()));
    expect(saidOf(outcome)).toContain(`denied: the repository does not take the push to "${OWN_BRANCH}"`);
    expect(saidOf(outcome)).toContain('deny updating a hidden ref');
  });

  test('is still taken when the base branch was rewritten, as long as the host has the commit', async () => {
    await git('update-ref', 'refs/heads/old', work.base.commit);
    await git('update-ref', '-d', 'refs/heads/main');
    await world.server.commit('sam/site', 'main', { 'fresh.txt': 'fresh\n' });
    await work.write('a.txt', 'a\n');
    const outcome = done(await repositories.push(work.order('patch', await work.diff())));
    expect(await world.server.commitsOf('sam/site', OWN_BRANCH)).toEqual([
      work.base.commit,
      ...outcome.commits,
    ]);
  });

  test('is denied when the host no longer has the commit that it stands on', async () => {
    await git('update-ref', '-d', 'refs/heads/main');
    await world.server.commit('sam/site', 'main', { 'fresh.txt': 'fresh\n' });
    await git('prune', '--expire=now');
    await work.write('a.txt', 'a\n');
    expect(saidOf(await repositories.push(work.order('patch', await work.diff())))).toContain(
      `denied: the repository no longer holds ${work.base.commit.slice(0, 12)}`,
    );
  });

  test('makes the same commits in another place and at another time', async () => {
    await work.write('a.txt', 'a\n');
    await work.commit('Add a');
    const patch = await work.formatPatch();
    const first = done(await repositories.push(work.order('patch', patch)));
    await git('update-ref', '-d', `refs/heads/${OWN_BRANCH}`);
    expect(await world.repositories().push(work.order('patch', patch))).toEqual(first);
  });

  test('leaves nothing in the private folder', async () => {
    await work.write('a.txt', 'a\n');
    done(await repositories.push(work.order('patch', await work.diff())));
    expect(await readdir(world.privateFolder)).toEqual([]);
  });
});

describe.skipIf(!hasGit)(`a worker's change, pushed onto the branch it started from${notRun}`, () => {
  let world: World;
  let work: Work;
  let repositories: Repositories;

  beforeEach(async () => {
    world = await createWorld();
    work = await world.startWork();
    repositories = world.repositories({ target: 'default-branch' });
  });
  afterEach(async () => {
    await world.close();
  });

  const again = () => world.repositories({ target: 'default-branch' });
  const commitsOfMain = () => world.server.commitsOf('sam/site', 'main');

  test('goes on top of it', async () => {
    await work.write('a.txt', 'a\n');
    const outcome = done(await repositories.push(work.order('patch', await work.diff())));
    expect(outcome).toMatchObject({ branch: 'main', filesChanged: ['a.txt'] });
    expect(await commitsOfMain()).toEqual([work.base.commit, ...outcome.commits]);
  });

  test('is put onto its present end when it has moved on, also within the same file', async () => {
    await work.write('src/main.txt', 'one\ntwo\nthree\nfour\nFIVE\n');
    await world.server.commit('sam/site', 'main', { 'src/main.txt': 'ONE\ntwo\nthree\nfour\nfive\n' });
    const before = await commitsOfMain();
    const outcome = done(await repositories.push(work.order('patch', await work.diff())));

    expect(await commitsOfMain()).toEqual([...before, ...outcome.commits]);
    expect(await world.server.fileOf('sam/site', 'main', 'src/main.txt')).toBe(
      'ONE\ntwo\nthree\nfour\nFIVE\n',
    );
  });

  test('is unusable when the branch has moved on in the same place, and nothing is pushed', async () => {
    await work.write('src/main.txt', 'one\ntwo\nthree\nfour\nFIVE\n');
    await world.server.commit('sam/site', 'main', { 'src/main.txt': 'one\ntwo\nthree\nfour\nfünf\n' });
    const before = await commitsOfMain();
    const outcome = await repositories.push(work.order('patch', await work.diff()));
    expect(saidOf(outcome)).toContain(`unusable: the change does not fit ${before.at(-1)?.slice(0, 12)}`);
    expect(await commitsOfMain()).toEqual(before);
  });

  test.each(['patch', 'bundle'] as const)(
    'is pushed once when it is a %s and the branch moves on and on',
    async (kind) => {
      await work.write('a.txt', 'a\n');
      await work.commit('Add a');
      await work.write('b.txt', 'b\n');
      await work.commit('Add b');
      const bytes = kind === 'patch' ? await work.formatPatch() : await work.bundle();
      await world.server.commit('sam/site', 'main', { 'x.txt': 'x\n' });
      const first = done(await repositories.push(work.order(kind, bytes)));
      await world.server.commit('sam/site', 'main', { 'y.txt': 'y\n' });
      const second = await again().push(work.order(kind, bytes));

      expect(second).toEqual(first);
      expect(first.filesChanged).toEqual(['a.txt', 'b.txt']);
      expect(await commitsOfMain()).toHaveLength(5);
    },
  );

  test('is pushed once when it went on top and the branch has moved on since', async () => {
    await work.write('a.txt', 'a\n');
    await work.commit('Add a');
    const bytes = await work.bundle();
    const first = done(await repositories.push(work.order('bundle', bytes)));
    await world.server.commit('sam/site', 'main', { 'y.txt': 'y\n' });
    expect(await again().push(work.order('bundle', bytes))).toEqual(first);
    expect(await commitsOfMain()).toHaveLength(3);
  });

  test('is put onto the new end when somebody pushes at the same moment', async () => {
    await work.write('a.txt', 'a\n');
    let isFirst = true;
    world.server.before(async ({ path, method }) => {
      if (!isFirst || method !== 'GET' || !path.includes('git-receive-pack')) return;
      isFirst = false;
      await world.server.commit('sam/site', 'main', { 'quick.txt': 'quick\n' });
    });
    const outcome = done(await repositories.push(work.order('patch', await work.diff())));
    expect((await commitsOfMain()).slice(2)).toEqual(outcome.commits);
    expect(await world.server.fileOf('sam/site', 'main', 'quick.txt')).toBe('quick\n');
  });

  test.each([
    (mark: string) => `x\`touch\${IFS}${mark}\``,
    (mark: string) => `x;touch\${IFS}${mark};#`,
    (mark: string) => `x$(touch\${IFS}${mark})`,
    (mark: string) => `x|touch\${IFS}${mark}&`,
    () => `x"'$@`,
  ])('goes onto it whatever it is called, and no shell reads the name', async (nameWith) => {
    const branch = nameWith(join(world.privateFolder, 'ran').slice(1));
    await work.git('--git-dir', world.server.directoryOf('sam/site'), 'branch', '-m', 'main', branch);
    const { commit } = given(await repositories.source(world.access()));
    await work.write('a.txt', 'a\n');
    const order = work.order('patch', await work.diff(), { base: { branch, commit } });
    expect(done(await repositories.push(order)).branch).toBe(branch);
    expect(await world.server.commitsOf('sam/site', branch)).toHaveLength(2);
    expect(await readdir(world.privateFolder)).toEqual([]);
  });

  test.each(['-x', '--upload-pack=x', '.x', 'x..y', 'x~1', 'x y', 'x:y', 'x@{1}', 'x.lock', ''])(
    'is refused when it is called %j, which git would read as something else',
    async (branch) => {
      const order = work.order('patch', Buffer.from('x'), { base: { ...work.base, branch } });
      expect((await repositories.push(order)).kind).toBe('refused');
    },
  );

  test('is denied when the branch is gone', async () => {
    await work.write('a.txt', 'a\n');
    await work.git('--git-dir', world.server.directoryOf('sam/site'), 'branch', '-m', 'main', 'trunk');
    const outcome = await repositories.push(work.order('patch', await work.diff()));
    expect(saidOf(outcome)).toContain('denied: the repository has no branch "main" any more');
  });
});
