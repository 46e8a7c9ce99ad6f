import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorld, done, hasGit, notRun, OWN_BRANCH, saidOf, type Work, type World } from './world.ts';

const MAIN = 'src/main.txt';
const CHANGED = 'one\nTWO\nthree\nfour\nfive\n';

describe.skipIf(!hasGit)(`a worker's change, as its tools write it${notRun}`, () => {
  let world: World;
  let work: Work;

  beforeEach(async () => {
    world = await createWorld({
      'README.md': '# Site\n\nA site.\n',
      [MAIN]: 'one\ntwo\nthree\nfour\nfive\n',
      'windows.txt': 'one\r\ntwo\r\nthree\r\n',
      'ends-blank.txt': 'one\n\n\n',
    });
    work = await world.startWork();
  });
  afterEach(async () => {
    await world.close();
  });

  const diffWith = async (...settings: readonly string[]): Promise<string> => {
    for (const setting of settings) await work.git('config', ...setting.split('='));
    return (await work.diff()).toString();
  };
  const push = (kind: 'patch' | 'bundle', bytes: Buffer | string) =>
    world.repositories().push(work.order(kind, Buffer.from(bytes)));
  const pushed = async (path: string): Promise<string> =>
    await world.server.fileOf('sam/site', OWN_BRANCH, path);

  const windows = (text: string): string => text.replaceAll('\n', '\r\n');
  test.each<[string, () => Promise<Buffer | string>]>([
    ['without its last line end', async () => (await diffWith()).trimEnd()],
    ['with CRLF', async () => windows(await diffWith())],
    ['with CRLF, and without its last line end', async () => windows(await diffWith()).trimEnd()],
    ['in colour', async () => await diffWith('color.ui=always')],
    ['in colour, with CRLF', async () => windows(await diffWith('color.ui=always'))],
    ['without a/ and b/', async () => await diffWith('diff.noprefix=true')],
    ['in colour, without a/ and b/', async () => await diffWith('color.ui=always', 'diff.noprefix=true')],
    ['with the names of both sides', async () => await diffWith('diff.mnemonicPrefix=true')],
    ['as PowerShell redirects it', async () => Buffer.from(`\uFEFF${windows(await diffWith())}`, 'utf16le')],
    ['behind a byte order mark', async () => `\uFEFF${await diffWith()}`],
    ['in a fence', async () => `The change:\n\n\`\`\`diff\n${await diffWith()}\`\`\`\n`],
  ])('is taken from a diff %s', async (_, make) => {
    await work.write(MAIN, CHANGED);
    await work.write('src/new.txt', 'new  \n\n\tline\n');
    await work.write('top.txt', 'a\n');
    const outcome = done(await push('patch', await make()));
    expect(outcome.filesChanged).toEqual([MAIN, 'src/new.txt', 'top.txt']);
    expect(await pushed(MAIN)).toBe(CHANGED);
    expect(await pushed('src/new.txt')).toBe('new  \n\n\tline\n');
  });

  test.each<[string, (text: string) => string]>([
    ['as they are', (text) => text],
    ['with CRLF', windows],
    ['without a last line end', (text) => text.trimEnd()],
  ])('is taken from letters of git format-patch %s', async (_, make) => {
    await work.write(MAIN, CHANGED);
    await work.commit('Say it louder');
    await work.write('ends-blank.txt', 'ONE\n\n\n');
    await work.commit('Say it at the beginning');
    done(await push('patch', make((await work.formatPatch()).toString())));
    expect(await pushed(MAIN)).toBe(CHANGED);
    expect(await pushed('ends-blank.txt')).toBe('ONE\n\n\n');
  });

  test('is taken from a diff of binary files and renames without its line ends, and without a/ and b/', async () => {
    await work.write('image.bin', '\0\u0001\u0002'.repeat(40));
    await work.git('mv', MAIN, 'src/moved.txt');
    for (const settings of [[], ['diff.noprefix=true'], ['diff.noprefix=true', 'diff.renames=true']]) {
      const outcome = done(await push('patch', (await diffWith(...settings)).trimEnd()));
      expect(outcome.filesChanged).toEqual(['image.bin', MAIN, 'src/moved.txt']);
    }
  });

  test('keeps blank lines at the end of a file where the diff lost them', async () => {
    await work.write('ends-blank.txt', 'ONE\n\n\n');
    done(await push('patch', (await diffWith()).trimEnd()));
    expect(await pushed('ends-blank.txt')).toBe('ONE\n\n\n');
  });

  test('keeps the line ends of a file that has CRLF itself, also where the diff has them everywhere', async () => {
    await work.write('windows.txt', 'one\r\nTWO\r\nthree\r\n');
    const diff = await diffWith();
    for (const text of [diff, diff.replace(/\r?\n/g, '\r\n')]) {
      done(await push('patch', text));
      expect(await pushed('windows.txt')).toBe('one\r\nTWO\r\nthree\r\n');
    }
  });

  test('keeps colours that a file has itself, and is not taken where they cannot be told from those of the diff', async () => {
    const coloured = 'say "\u001B[31mred\u001B[0m"\n';
    await work.write('src/say.sh', coloured);
    const unclear = await push('patch', await diffWith('color.ui=always'));
    expect(unclear.kind).toBe('unusable');
    done(await push('patch', await diffWith('color.ui=never')));
    expect(await pushed('src/say.sh')).toBe(coloured);
  });

  test('may not leave the repository without a/ and b/', async () => {
    const outside = [
      'diff --git ../x ../x',
      'new file mode 100644',
      '--- /dev/null',
      '+++ ../x',
      '@@ -0,0 +1 @@',
      '+a',
    ];
    expect((await push('patch', `${outside.join('\n')}\n`)).kind).toBe('unusable');
  });

  test.each<[string, readonly string[]]>([
    ['all branches', ['--branches']],
    ['everything', ['--all']],
    ['the branch that was given, and another', ['agrenting-base', 'feature']],
  ])('is taken from a bundle of %s', async (_, what) => {
    await work.git('checkout', '--quiet', '-b', 'feature');
    await work.write(MAIN, CHANGED);
    await work.commit('Say it louder');
    const tip = await work.git('rev-parse', 'HEAD');
    await work.git('checkout', '--quiet', 'agrenting-base');
    expect(done(await push('bundle', await work.bundle(...what))).commits).toEqual([tip]);
  });

  test('is the last of branches that lead to one another', async () => {
    await work.write(MAIN, CHANGED);
    await work.commit('Say it louder');
    await work.git('checkout', '--quiet', '-b', 'feature');
    await work.write('a.txt', 'a\n');
    await work.commit('Add a');
    const outcome = await push('bundle', await work.bundle('--branches'));
    expect(done(outcome).commits).toHaveLength(2);
  });

  test('is taken from a bundle of an annotated tag', async () => {
    await work.write(MAIN, CHANGED);
    await work.commit('Say it louder');
    await work.git('tag', '--annotate', 'v1', '--message', 'v1');
    const outcome = await push('bundle', await work.bundle(`${work.base.commit}..v1`));
    expect(done(outcome).commits).toEqual([await work.git('rev-parse', 'HEAD')]);
  });

  test('is not taken from a bundle of two branches that lead apart, or of a tag of a file', async () => {
    for (const branch of ['first', 'second']) {
      await work.git('checkout', '--quiet', '-b', branch, work.base.commit);
      await work.write('a.txt', branch);
      await work.commit(branch);
    }
    expect(saidOf(await push('bundle', await work.bundle('first', 'second')))).toContain(
      'not clear which is meant',
    );
    await work.git('tag', '--annotate', 'file', '--message', 'file', 'second:a.txt');
    expect(saidOf(await push('bundle', await work.bundle('file')))).toContain('no commit');
  });
});
