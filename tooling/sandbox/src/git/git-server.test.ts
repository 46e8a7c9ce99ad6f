import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGitServer, type GitServer } from './git-server.ts';
import { runLocalGit } from './local-git.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;

describe.skipIf(!hasGit)(`the git server${hasGit ? '' : ' (not run: this machine has no git)'}`, () => {
  let server: GitServer;
  let folder = '';

  beforeEach(async () => {
    server = await startGitServer({ token: 'sesame' });
    folder = await mkdtemp(join(tmpdir(), 'git-server-test-'));
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const addressWith = (password: string, name: string): string =>
    `${server.url.replace('://', `://anybody:${password}@`)}/${name}.git`;
  const git = (command: readonly string[]): Promise<Buffer> => runLocalGit(command, { directory: folder });

  test('lets anyone who has the token clone and push', async () => {
    await server.create('sam/site', { 'a.txt': 'one\n' });
    await git(['clone', '--quiet', addressWith('sesame', 'sam/site'), '.']);
    await git(['commit', '--quiet', '--allow-empty', '-m', 'Nothing']);
    await git(['push', '--quiet', 'origin', 'HEAD:refs/heads/work']);

    expect(await server.branchesOf('sam/site')).toEqual(['main', 'work']);
    expect(await server.commitsOf('sam/site', 'work')).toHaveLength(2);
    expect(await server.fileOf('sam/site', 'work', 'a.txt')).toBe('one\n');
  });

  test('lets nobody else do anything', async () => {
    await server.create('sam/site', { 'a.txt': 'one\n' });
    await expect(git(['clone', '--quiet', addressWith('guess', 'sam/site'), '.'])).rejects.toThrow(
      'Authentication failed',
    );
    expect(server.requests.every(({ authorized }) => !authorized)).toBe(true);
  });

  test('puts commits onto a branch on its own', async () => {
    await server.create('sam/site', { 'a.txt': 'one\n', 'b.txt': 'b\n' });
    const commit = await server.commit('sam/site', 'main', { 'a.txt': 'two\n' });

    expect((await server.commitsOf('sam/site', 'main')).at(-1)).toBe(commit);
    expect(await server.fileOf('sam/site', 'main', 'a.txt')).toBe('two\n');
    expect(await server.fileOf('sam/site', 'main', 'b.txt')).toBe('b\n');
    expect(await server.commitsOf('sam/site', 'other')).toEqual([]);
  });
});
