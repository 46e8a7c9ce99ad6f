import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Evening } from './cli.ts';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

describe('completion', () => {
  let evening: Evening;
  const scripts = new Map<string, string>();
  beforeAll(async () => {
    evening = await Evening.start({ workers: [] });
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { exitCode, output } = await evening.run(['completion', shell]);
      if (exitCode !== 0) throw new Error(output);
      scripts.set(shell, output);
      await writeFile(`${evening.folder}/completion.${shell}`, output);
    }
    await writeFile(`${evening.folder}/store.backup`, '');
  });
  afterAll(async () => await evening.close());

  /** What bash offers for the last of these words. */
  function offeredByBash(...words: readonly string[]): readonly string[] {
    const script = `
      source completion.bash
      COMP_WORDS=(agrenting-hiclaw "$@")
      COMP_CWORD=$#
      _agrenting_hiclaw
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], {
      cwd: evening.folder,
      encoding: 'utf8',
    });
    return output.split('\n').filter((word) => word !== '');
  }

  test.runIf(has('bash')).for([
    [['hir'], ['hirings']],
    [['hirings', 'l'], ['list']],
    [['--json', 'hirings', 'l'], ['list']],
    [['--config', 'hirings', 'do'], ['doctor']],
    [['hirings', 'list', '--st'], ['--state']],
    [['hirings', 'list', '--co'], ['--config']],
    [['hirings', 'list', '--state', ''], []],
    [['restore', 'store.b'], ['store.backup']],
    [['--config', 'store.b'], ['store.backup']],
    [['agents', 'update', 'alice', '--pri'], ['--price']],
    [['frobnicate', 'x'], []],
  ] as const)('bash offers for %j: %j', ([words, offered]) => {
    expect(offeredByBash(...words)).toEqual(offered);
  });

  test.runIf(has('bash'))('bash offers every command at the beginning', () => {
    expect(offeredByBash('')).toEqual(
      expect.arrayContaining([
        'init',
        'setup',
        'doctor',
        'hirings',
        'config',
        'completion',
        '--json',
        '--help',
      ]),
    );
  });

  test.for(['zsh', 'fish'])('%s can read its script', (shell) => {
    expect(scripts.get(shell)).toContain('hirings');
    if (!has(shell)) return;
    const { stderr, status } = spawnSync(shell, ['-n', `${evening.folder}/completion.${shell}`], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });

  const fish = 'fish';
  test.runIf(has(fish))('fish offers commands and options', () => {
    const offered = (line: string): string =>
      spawnSync(fish, ['--no-config', '-c', `source completion.fish; complete -C '${line}'`], {
        cwd: evening.folder,
        encoding: 'utf8',
      }).stdout;
    expect(offered('agrenting-hiclaw hirings l')).toMatch(/^list\t/);
    expect(offered('agrenting-hiclaw hirings list --st')).toContain('--state');
  });

  test('says which shells there are', async () => {
    expect(await evening.run(['completion', 'tcsh'])).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('bash, zsh, fish'),
    });
  });
});
