import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SOURCE_BRANCH, type Repositories } from '@agrenting-hiclaw/core/domain';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { binaryPatch } from './patches.ts';
import { createWorld, done, hasGit, notRun, saidOf, type Work, type World } from './world.ts';

/** Looks like a token, and opens nothing. */
const CREDENTIAL = `ghp_${'Ab1'.repeat(12)}`;

describe.skipIf(!hasGit)(`a change that cannot be used${notRun}`, () => {
  let world: World;
  let untouched: Work;
  let work: Work;
  let repositories: Repositories;

  // Nothing is ever pushed here, so all can work for one hirer.
  beforeAll(async () => {
    world = await createWorld();
    untouched = await world.startWork();
  });
  beforeEach(async () => {
    work = await world.startAlike(untouched);
    repositories = world.repositories();
  });
  afterAll(async () => {
    await world.close();
  });

  /** What is said of it; only the names of the branches when it made one. */
  const pushed = async (kind: 'patch' | 'bundle', bytes: Buffer | string): Promise<string> => {
    const said = saidOf(await repositories.push(work.order(kind, Buffer.from(bytes))));
    const branches = (await world.server.branchesOf('sam/site')).join(' ');
    return branches === 'main' ? said : branches;
  };
  const diffPushed = async (): Promise<string> => pushed('patch', await work.diff());
  const bundlePushed = async (): Promise<string> => pushed('bundle', await work.bundle());

  test.each(['', ' \n', 'I have changed everything as asked.\n'])('is %j for a patch', async (text) => {
    expect(await pushed('patch', text)).toMatch(/^unusable: /);
  });

  test('is one that ends as it began', async () => {
    await work.write('a.txt', 'a\n');
    await work.commit('Add a');
    await work.git('rm', '--quiet', 'a.txt');
    await work.git('commit', '--quiet', '-m', 'Remove a');
    expect(await bundlePushed()).toContain('unusable: the change is empty');
    expect(await pushed('patch', await work.formatPatch())).toContain('unusable: the change is empty');
    await work.git('checkout', '--quiet', '-b', 'same', work.base.commit);
    expect(await pushed('bundle', await work.bundle('same'))).toContain('unusable: the change is empty');
  });

  test('is a diff that does not fit, and the problem says where', async () => {
    await work.write('src/main.txt', 'one\ntwo\nTHREE\nfour\nfive\n');
    const diff = (await work.diff())
      .toString('utf8')
      .replaceAll(/^([ -])three/gm, '$1drei')
      .replace(/^index.*\n/m, '');
    const said = await pushed('patch', diff);
    expect(said).toContain('unusable: the change does not fit');
    expect(said).toContain('src/main.txt');
  });

  test.each([
    ['new', '.github/workflows/new.yml'],
    ['changed', '.github/workflows/test.yml'],
    ['spelled in another case', '.GitHub/Workflows/new.yml'],
    ['another host has', '.gitlab-ci.yml'],
    ['a build service has', '.buildkite/pipeline.yml'],
    ['spelled with a character that nobody sees', '.git\u200Chub/workflows/new.yml'],
    ['spelled as Windows may call it', 'GITHUB~1/workflows/new.yml'],
  ])('is one with a workflow that is %s', async (_, path) => {
    await work.write(path, 'on: [push]\njobs: {}\n');
    expect(await diffPushed()).toContain("is run by the repository's host with the hirer's secrets");
  });

  test.each([
    ['itself', 'docs/ci.yml', '../.github/workflows/test.yml'],
    ['its folder', 'docs/ci', './../.github'],
    ['a place for one', '.circleci', 'docs'],
  ])('is one with a link to a workflow: %s', async (_, path, target) => {
    await mkdir(dirname(join(work.folder, path)), { recursive: true });
    await symlink(target, join(work.folder, path));
    expect(await diffPushed()).toContain("is run by the repository's host with the hirer's secrets");
  });

  test.each([
    ['.husky/pre-commit', 'Husky'],
    ['web/CLAUDE.md', 'Claude Code'],
  ])('is one that what runs automatically has to be approved in: %s', async (path, runBy) => {
    await work.write(path, 'x\n');
    expect(await diffPushed()).toBe(`suspicious: the change touches "${path}", which is used by ${runBy}`);
  });

  test('is one with settings of submodules under another name', async () => {
    await work.write('GITMOD~1', 'x\n');
    expect(await diffPushed()).toContain('changes a submodule');
  });

  test('is one that moves a workflow away', async () => {
    await work.git('mv', '.github/workflows/test.yml', 'test.yml');
    expect(await diffPushed()).toContain("is run by the repository's host");
  });

  test('is one that hides a workflow in a commit that a later one undoes', async () => {
    await work.write('.github/workflows/new.yml', 'on: [push]\n');
    await work.commit('Add it');
    await work.git('rm', '--quiet', '.github/workflows/new.yml');
    await work.write('a.txt', 'a\n');
    await work.commit('Remove it');
    expect(await bundlePushed()).toContain("is run by the repository's host");
    expect(await pushed('patch', await work.formatPatch())).toContain("is run by the repository's host");
  });

  test.each([
    ['above it', '../secret'],
    ['far above it', '../../../etc/passwd'],
    ['to the root', '/etc/passwd'],
    ['through a name and out', 'src/../../secret'],
    ['into .git', '.git/config'],
    ['into .git of another case', '.GIT/config'],
  ])('is one with a link that leads out: %s', async (_, target) => {
    await symlink(target, join(work.folder, 'link'));
    expect(await diffPushed()).toContain('is a link that leads out of the repository');
  });

  test('is one with a submodule', async () => {
    await work.git('update-index', '--add', '--cacheinfo', `160000,${work.base.commit},module`);
    await work.git('commit', '--quiet', '-m', 'Add a module');
    expect(await bundlePushed()).toContain('changes a submodule');
    expect(await pushed('patch', await work.formatPatch())).toContain('changes a submodule');
  });

  test('is one with settings of submodules', async () => {
    await work.write('.gitmodules', '[submodule "a"]\n\tpath = a\n\turl = https://example.com/a\n');
    expect(await diffPushed()).toContain('changes a submodule');
  });

  test.each([
    '../outside.txt',
    '/tmp/outside.txt',
    'a/../../outside.txt',
    '.git/hooks/pre-push',
    '.GIT/config',
    'a/.git/config',
  ])('is a diff of %s', async (path) => {
    const diff = `diff --git a/${path} b/${path}\nnew file mode 100755\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`;
    expect(await pushed('patch', diff)).toMatch(/^unusable: /);
  });

  test.each(['..', '.', '.git', '.Git', 'git~1', '.g\u200Cit'])(
    'is a bundle with a tree that holds %j',
    async (name) => {
      const blob = await work.git('rev-parse', 'HEAD:README.md');
      const tree = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]);
      const id = await rawTree(work, tree);
      const commit = await work.git('commit-tree', id, '-p', 'HEAD', '-m', 'Trick');
      await work.git('update-ref', `refs/heads/${SOURCE_BRANCH}`, commit);
      expect(await bundlePushed()).toMatch(/^unusable: /);
    },
  );

  test('is a diff that writes through a link', async () => {
    const diff =
      'diff --git a/out b/out\nnew file mode 120000\n--- /dev/null\n+++ b/out\n@@ -0,0 +1 @@\n+/tmp\n\\ No newline at end of file\n' +
      'diff --git a/out/x b/out/x\nnew file mode 100644\n--- /dev/null\n+++ b/out/x\n@@ -0,0 +1 @@\n+x\n';
    expect(await pushed('patch', diff)).toMatch(/^unusable: /);
  });

  test('is one with a line end in the name of a file', async () => {
    await work.write('a\nb.txt', 'a\n');
    expect(await diffPushed()).toContain('has control characters in its name');
  });

  test('is a bundle of other commits', async () => {
    await work.git('checkout', '--quiet', '--orphan', 'other');
    await work.commit('Begin again');
    expect(await pushed('bundle', await work.bundle('other'))).toContain('do not stand on');
  });

  test('is a bundle that merges other commits in', async () => {
    await work.git('checkout', '--quiet', '--orphan', 'other');
    await work.commit('Begin again');
    await work.git('checkout', '--quiet', SOURCE_BRANCH);
    await work.git('merge', '--quiet', '--allow-unrelated-histories', '-s', 'ours', '-m', 'Merge', 'other');
    expect(await pushed('bundle', await work.bundle(SOURCE_BRANCH))).toContain('do not stand on');
  });

  test('is a bundle that needs what nobody has', async () => {
    await work.write('a.txt', 'a\n');
    await work.commit('Add a');
    await work.write('b.txt', 'b\n');
    await work.commit('Add b');
    const bytes = await work.bundle(`HEAD~1..${SOURCE_BRANCH}`);
    expect(await pushed('bundle', bytes)).toMatch(/^unusable: /);
  });

  test.each([
    '',
    'PACK',
    '# v2 git bundle\n',
    '# v4 git bundle\n\nPACK',
    '# v3 git bundle\n@filter=blob:none\n\nPACK',
  ])('is %j for a bundle', async (text) => {
    expect(await pushed('bundle', text)).toMatch(/^unusable: /);
  });

  test('is a bundle that was cut off', async () => {
    await work.write('a.txt', 'a\n'.repeat(1000));
    await work.commit('Add a');
    const bytes = await work.bundle();
    expect(await pushed('bundle', bytes.subarray(0, bytes.length - 30))).toMatch(/^unusable: /);
  });

  test('is one of too many bytes', async () => {
    await work.write('a.txt', 'a\n'.repeat(1000));
    repositories = world.repositories({ maxChangeBytes: 1000 });
    expect(await diffPushed()).toContain('and 1000 are allowed: leave out what can be made again');
  });

  test('is one of too many files', async () => {
    for (let number = 0; number <= 20; number += 1) await work.write(`many/${number}.txt`, `${number}\n`);
    repositories = world.repositories({ maxChangedFiles: 20 });
    expect(await diffPushed()).toContain('touches more than the 20 files that are allowed');
  });

  test('is one of too many commits', async () => {
    for (let number = 0; number <= 5; number += 1) {
      await work.write('a.txt', `${number}\n`);
      await work.commit(`Say ${number}`);
    }
    repositories = world.repositories({ maxCommits: 5 });
    const problem = 'the change has 6 commits, and 5 are allowed';
    expect(await bundlePushed()).toContain(problem);
    expect(await pushed('patch', await work.formatPatch())).toContain(problem);
  });

  test.each(['patch', 'bundle'] as const)(
    'is, as a %s, one that brings in a credential, even one that a later commit takes away',
    async (kind) => {
      await work.write('src/key.txt', `${CREDENTIAL}\n`);
      await work.commit('Add a key');
      await work.write('src/key.txt', 'from the environment\n');
      await work.commit('Say it better');
      const bytes = kind === 'patch' ? await work.formatPatch() : await work.bundle();
      expect(await pushed(kind, bytes)).toBe(
        'suspicious: the change seems to hold a GitHub token in "src/key.txt"',
      );
    },
  );

  test('is one that names a credential in the message of a commit', async () => {
    await work.write('a.txt', 'a\n');
    await work.commit(`Add a\n\ndiff --git\n${CREDENTIAL}`);
    expect(await bundlePushed()).toBe(
      'suspicious: the change seems to hold a GitHub token in the message of a commit',
    );
  });

  test('is a small patch that unfolds into a file beyond all bounds', async () => {
    const patch = binaryPatch('bomb.bin', Buffer.alloc(130 * 1024 * 1024));
    expect(patch.length).toBeLessThan(1024 * 1024);
    expect(await pushed('patch', patch)).toMatch(/^unusable: /);
  });

  test('shows no more of what it holds than a short quote', async () => {
    const name = `${'x'.repeat(3_000)}.txt`;
    const said = await pushed(
      'patch',
      `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-a\n+b\n`,
    );
    expect(said.length).toBeLessThan(600);
  });
});

describe.skipIf(!hasGit)(`a change that can be used${notRun}`, () => {
  let world: World;
  let work: Work;

  beforeEach(async () => {
    world = await createWorld();
    work = await world.startWork();
  });
  afterEach(async () => {
    await world.close();
  });

  test('may touch workflows where the owner allows it', async () => {
    await work.write('.github/workflows/new.yml', 'on: [push]\n');
    const repositories = world.repositories({ allowWorkflows: true });
    const outcome = done(await repositories.push(work.order('patch', await work.diff())));
    expect(outcome.filesChanged).toEqual(['.github/workflows/new.yml']);
  });

  test('may take a credential away', async () => {
    await world.close();
    world = await createWorld({ 'key.txt': `${CREDENTIAL}\n` });
    work = await world.startWork();
    await work.write('key.txt', 'from the environment\n');
    await work.commit('Take the key out');
    const outcome = await world.repositories().push(work.order('bundle', await work.bundle()));
    expect(done(outcome).filesChanged).toEqual(['key.txt']);
  });

  test('may touch what runs automatically once that is approved', async () => {
    await work.write('.husky/pre-commit', 'x\n');
    const order = work.order('patch', await work.diff(), { findingsApproved: true });
    expect(done(await world.repositories().push(order)).filesChanged).toEqual(['.husky/pre-commit']);
  });

  test('may hold a credential where the owner says so', async () => {
    await work.write('key.txt', `${CREDENTIAL}\n`);
    await work.commit('Add a key');
    const order = work.order('bundle', await work.bundle(), { findingsApproved: true });
    const outcome = done(await world.repositories().push(order));
    expect(outcome.filesChanged).toEqual(['key.txt']);
  });

  test('may hold links within the repository', async () => {
    await work.write('docs/deep/a.txt', 'a\n');
    await symlink('../../README.md', join(work.folder, 'docs/deep/readme'));
    await symlink('docs/deep', join(work.folder, 'shortcut'));
    const outcome = done(await world.repositories().push(work.order('patch', await work.diff())));
    expect(outcome.filesChanged).toEqual(['docs/deep/a.txt', 'docs/deep/readme', 'shortcut']);
  });

  test('may have a letter before its patches', async () => {
    await work.write('a.txt', 'a\n');
    await work.commit('Add a');
    const letter = await work.git('format-patch', '--cover-letter', '--stdout', `${work.base.commit}..HEAD`);
    const outcome = done(await world.repositories().push(work.order('patch', Buffer.from(`${letter}\n`))));
    expect(outcome.commits).toHaveLength(1);
  });

  test('may be of files with line ends of two characters', async () => {
    await work.write('dos.txt', 'one\r\ntwo\r\n');
    await work.commit('Add dos.txt');
    const outcome = done(await world.repositories().push(work.order('patch', await work.formatPatch())));
    expect(await world.server.fileOf('sam/site', outcome.branch, 'dos.txt')).toBe('one\r\ntwo\r\n');
  });

  test('may be a merge of its own branches', async () => {
    await work.git('checkout', '--quiet', '-b', 'side');
    await work.write('a.txt', 'a\n');
    await work.commit('Add a');
    await work.git('checkout', '--quiet', SOURCE_BRANCH);
    await work.write('b.txt', 'b\n');
    await work.commit('Add b');
    await work.git('merge', '--quiet', '--no-ff', '-m', 'Merge side', 'side');
    const bytes = await work.bundle();
    const outcome = done(await world.repositories().push(work.order('bundle', bytes)));
    expect(outcome.commits).toHaveLength(3);
    expect(outcome.filesChanged).toEqual(['a.txt', 'b.txt']);
  });
});

/** Writes a tree as it is, whatever git thinks of it. */
async function rawTree(work: Work, tree: Buffer): Promise<string> {
  await writeFile(join(work.folder, '..', 'tree'), tree);
  return work.git('hash-object', '-t', 'tree', '-w', '--literally', join(work.folder, '..', 'tree'));
}
