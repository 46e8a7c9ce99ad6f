import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SOURCE_BRANCH } from '@agrenting-hiclaw/core/domain';
import { runLocalGit } from '@agrenting-hiclaw/sandbox/git';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, given, hasGit, notRun, saidOf, type World } from './world.ts';

describe.skipIf(!hasGit)(`a repository as a worker is given it${notRun}`, () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(async () => {
    await world.close();
  });

  test('is a bundle that a plain git clone takes, with the default branch and its history', async () => {
    const last = await world.server.commit('sam/site', 'main', { 'b.txt': 'b\n' });
    const source = given(await world.repositories().source(world.access()));
    expect(source).toMatchObject({ branch: 'main', commit: last });

    const folder = await mkdtemp(join(tmpdir(), 'clone-test-'));
    await writeFile(join(folder, 'repository.bundle'), source.bundle);
    await runLocalGit(['clone', '--quiet', 'repository.bundle', 'clone'], { directory: folder });
    const clone = { directory: join(folder, 'clone') };
    const log = await runLocalGit(['rev-list', '--reverse', 'HEAD'], clone);
    const branch = await runLocalGit(['symbolic-ref', 'HEAD'], clone);
    await rm(folder, { recursive: true });
    expect(log.toString('utf8').trim().split('\n')).toEqual(await world.server.commitsOf('sam/site', 'main'));
    expect(branch.toString('utf8').trim()).toBe(`refs/heads/${SOURCE_BRANCH}`);
  });

  test('has a branch of our name in it, whatever the hirer calls its own', async () => {
    const hostile = 'main`id>X`;printf${IFS}a>>X;#';
    const directory = world.server.directoryOf('sam/site');
    await runLocalGit(['branch', '-m', 'main', hostile], { directory });
    const source = given(await world.repositories().source(world.access()));
    expect(source.branch).toBe(hostile);
    const head = source.bundle.subarray(0, source.bundle.indexOf('\n\n')).toString('latin1');
    expect(head.split('\n').slice(1)).toEqual([
      `${source.commit} HEAD`,
      `${source.commit} refs/heads/${SOURCE_BRANCH}`,
    ]);
  });

  test('has no other branch in it', async () => {
    await world.server.commit('sam/site', 'secret-plans', { 'plans.txt': 'x\n' });
    const { bundle } = given(await world.repositories().source(world.access()));
    expect(bundle.subarray(0, 1000).toString('latin1')).not.toContain('secret-plans');
  });

  test('is denied with a wrong token, and the problem says who has to do what', async () => {
    const outcome = await world.repositories().source(world.access('ghp_wrong'));
    expect(outcome.kind).toBe('denied');
    expect(saidOf(outcome)).toContain('the hirer has to check address, token and its rights');
    expect(saidOf(outcome)).not.toContain('ghp_wrong');
  });

  test.each(['', 'two\nlines', 'with space', 'nul\0', 'ü', String.raw`a\nb`])(
    'is denied with %j for a token',
    async (token) => {
      expect(await world.repositories().source(world.access(token))).toMatchObject({ kind: 'denied' });
      expect(world.server.requests).toEqual([]);
    },
  );

  test('is denied when it is not there', async () => {
    const access = { ...world.access(), url: `${world.server.url}/sam/nothing.git` };
    expect(await world.repositories().source(access)).toMatchObject({ kind: 'denied' });
  });

  test('is denied while it has no commit', async () => {
    const url = await world.server.create('sam/empty');
    const outcome = await world.repositories().source({ ...world.access(), url });
    expect(saidOf(outcome)).toContain('the hirer has to make a first commit');
  });

  test('may be had later when nobody answers', async () => {
    await world.server.close();
    const outcome = await world.repositories().source(world.access());
    expect(outcome.kind).toBe('unavailable');
  });

  test('is refused when it is too large, and git is stopped while it fetches', async () => {
    const size = 4 * 1024 * 1024;
    await world.server.commit('sam/site', 'main', { 'noise.bin': noise(size) });
    world.server.slowDown(2 * 1024 * 1024);
    const outcome = await world.repositories({ maxRepositoryBytes: 1024 * 1024 }).source(world.access());
    expect(saidOf(outcome)).toBe(
      'refused: the repository takes more than the 1 MiB that are allowed: allow more, or decline the hiring',
    );
    expect(world.server.sentBytes()).toBeLessThan(size);
    expect(await readdir(world.privateFolder)).toEqual([]);
  });

  test('is refused when it is too large and fetched before anybody has looked', async () => {
    await world.server.commit('sam/site', 'main', { 'noise.bin': noise(200_000) });
    const outcome = await world.repositories({ maxRepositoryBytes: 150_000 }).source(world.access());
    expect(outcome.kind).toBe('refused');
  });

  test('is refused at another host, before anything is asked', async () => {
    const access = { ...world.access(), url: 'https://github.com/sam/site' };
    const outcome = await world.repositories().source(access);
    expect(saidOf(outcome)).toContain('refused: repositories at "https://github.com" are not allowed');
    expect(world.server.requests).toEqual([]);
  });

  test('needs a git that is there', async () => {
    const outcome = await world.repositories({ searchPath: '/nowhere' }).source(world.access());
    expect(saidOf(outcome)).toContain('unavailable: this machine has no git: install git 2.37 or newer');
  });

  test('is read with the token only after the server has asked for it', async () => {
    given(await world.repositories().source(world.access()));
    expect(world.server.requests[0]).toMatchObject({ authorized: false });
    expect(world.server.requests.at(-1)).toMatchObject({ authorized: true });
  });
});

/** Bytes that no packing makes smaller. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
