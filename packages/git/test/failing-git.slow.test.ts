import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, given, hasGit, notRun, saidOf, type Work, type World } from './world.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const CREDENTIAL = `ghp_${'Ab1'.repeat(12)}`;

/** Every command that the adapter gives git, while it reads, judges and pushes. */
const COMMANDS = [
  'init',
  'ls-remote',
  'fetch',
  'symbolic-ref',
  'rev-parse',
  'count-objects',
  'cat-file',
  'bundle',
  'index-pack',
  'rev-list',
  'diff-tree',
  'merge-base',
  'mailsplit',
  'mailinfo',
  'read-tree',
  'apply',
  'write-tree',
  'interpret-trailers',
  'commit-tree',
] as const;

/** How a command may fail: each time, or once only. */
const FAILURES = [
  ['exit 1', 'exit 1', undefined],
  ['exit 128', 'exit 128', undefined],
  ['a signal', 'kill -KILL $$', undefined],
  ['exit 1, the first time', 'exit 1', 1],
  ['exit 1, the second time', 'exit 1', 2],
  ['exit 1, the third time', 'exit 1', 3],
] as const;

/** Of these, each failure is tried each time: they read what is judged. Of the others, `npm run test:long -- sizes` does. */
const READING: ReadonlySet<string> = new Set(['cat-file', 'diff-tree']);
const isLong = process.env['TEST_FULL_SIZE'] === '1';
const CASES = COMMANDS.flatMap((command) =>
  FAILURES.map(([how, failure, time]) => [command, how, failure, time] as const),
).filter(([command, how]) => isLong || how === 'exit 128' || READING.has(command));

describe.skipIf(!hasGit)(`a git that fails${notRun}`, () => {
  let world: World;
  let work: Work;
  let folder = '';
  let bundles: Readonly<Record<'workflow' | 'credential', Buffer>>;
  let patches: Readonly<Record<'workflow' | 'credential', Buffer>>;

  beforeAll(async () => {
    world = await createWorld();
    folder = await mkdtemp(join(tmpdir(), 'failing-git-'));
    const start = await world.startWork();
    work = start;
    const made = async (path: string, text: string) => {
      const one = await world.startAlike(start);
      await one.write(path, text);
      await one.commit('Say it better');
      return { bundle: await one.bundle(), patch: await one.formatPatch() };
    };
    const workflow = await made('.github/workflows/new.yml', 'on: [push]\n');
    const credential = await made('key.txt', `${CREDENTIAL}\n`);
    bundles = { workflow: workflow.bundle, credential: credential.bundle };
    patches = { workflow: workflow.patch, credential: credential.patch };
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  /** A git that fails at one command, and at every other is git. It says when it was asked to. */
  async function failingAt(command: string, failure: string, time?: number): Promise<string> {
    const asks = join(folder, 'asked');
    const fails = time === undefined ? failure : `[ "$(wc -l <${asks})" -ne ${time} ] || { ${failure}; }`;
    const { stdout } = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' });
    const text = [
      '#!/bin/sh',
      'skip=',
      'for argument in "$@"; do',
      '  if [ -n "$skip" ]; then skip=; continue; fi',
      '  case "$argument" in',
      '    -c) skip=1 ;;',
      '    -*) ;;',
      `    ${command}) echo asked >>${asks}; ${fails}; break ;;`,
      '    *) break ;;',
      '  esac',
      'done',
      `exec ${stdout.trim()} "$@"`,
      '',
    ];
    await writeFile(join(folder, 'git'), text.join('\n'), { mode: 0o700 });
    return `${folder}:${PATH}`;
  }

  const asked = new Set<string>();

  test.each(CASES)(
    'at %s with %s lets nothing through that should be held',
    async (command, _, failure, time) => {
      await rm(join(folder, 'asked'), { force: true });
      const repositories = world.repositories({ searchPath: await failingAt(command, failure, time) });
      const change = command === 'diff-tree' ? ('workflow' as const) : ('credential' as const);
      const kind =
        command.startsWith('mail') || /apply|tree|trailers|rev-parse/.test(command) ? 'patch' : 'bundle';
      const bytes = (kind === 'patch' ? patches : bundles)[change];
      const outcome = await repositories.push(work.order(kind, bytes));
      if (spawnSync('test', ['-e', join(folder, 'asked')]).status === 0) asked.add(command);
      expect(saidOf(outcome)).toMatch(/^(unusable|refused|unavailable|suspicious|denied): /);
      expect(await world.server.branchesOf('sam/site')).toEqual(['main']);
    },
  );

  test('is a git that is asked for all of these', async () => {
    for (const command of ['symbolic-ref', 'bundle']) {
      const outcome = await world
        .repositories({ searchPath: await failingAt(command, 'exit 1') })
        .source(world.access());
      expect(saidOf(outcome)).toMatch(/^refused: git .* failed with exit code 1/);
      asked.add(command);
    }
    expect([...asked].toSorted()).toEqual(COMMANDS.filter((command) => command !== 'merge-base').toSorted());
    given(await world.repositories().source(world.access()));
  });
});
