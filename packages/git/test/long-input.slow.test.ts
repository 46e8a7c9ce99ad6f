import { taskIdOf } from '@agrenting-hiclaw/core/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { longestTurnMs } from '../../core/src/domain/testing/longest-turn.ts';
import { createProtection } from '../src/check/protected-paths.ts';
import { bundleOf, commit, object, tree } from './bombs.ts';
import { createWorld, hasGit, notRun, saidOf, type Work, type World } from './world.ts';

const MIB = 1024 * 1024;
/** As long as anything may hold the event loop at a time. */
const MAX_TURN_MS = 100;
const HASH = '0'.repeat(40);
const LETTER = `From ${HASH} Mon Sep 17 00:00:00 2001\nSubject: x\n\n---\n`;
const DIFF = 'diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+';

/** What fills a patch, again and again, and what it begins with. */
const PATCHES: Readonly<Record<string, readonly [beginning: string, unit: string]>> = {
  spaces: ['', ' '],
  'line ends': ['', '\n'],
  'NUL bytes': ['', '\0'],
  'beginnings of letters': [LETTER, `From ${HASH} \n`],
  'almost beginnings of letters': [LETTER, 'From \n'],
  headers: [`From ${HASH} x\n`, 'Subject: a\n'],
  'one long header': [`From ${HASH} x\nSubject: `, 'a '],
  'one long name': [`From ${HASH} x\nFrom: `, 'a<'],
  'letters without a patch': [LETTER, '-- '],
  'beginnings of diffs': ['', 'diff --git a/x b/x\n'],
  'heads of hunks': [DIFF, '\n@@ -0,0 +1 @@\n'],
  'one long line': [DIFF, 'a'],
  'one long line of things like tokens': [DIFF, '-syt_'],
  'a long line of names of secrets': [DIFF, 'token'],
  'coloured lines': [`\u001B[1m${DIFF}`, '\u001B[m\n'],
  'one coloured line': [`\u001B[1m${DIFF}`, '\u001B[m'],
  'lines of Windows': [DIFF.replaceAll('\n', '\r\n'), '\r\n'],
  'heads of hunks of Windows': [DIFF.replaceAll('\n', '\r\n'), '\r\n@@ -0,0 +9999 @@\r\n+'],
  'a long path': ['diff --git a/', 'a/'],
  'a quoted path': ['diff --git "a/', String.raw`\303\251`],
};

describe.skipIf(!hasGit)(`a change of a megabyte and more${notRun}`, () => {
  let world: World;
  let work: Work;
  let attempt = 0;

  beforeAll(async () => {
    world = await createWorld({ 'README.md': '# Site\n' });
    work = await world.startWork();
  });
  afterAll(async () => {
    await world.close();
  });

  async function turnOf(kind: 'patch' | 'bundle', bytes: Buffer): Promise<{ turnMs: number; said: string }> {
    let said = '';
    const turnMs = await longestTurnMs(async () => {
      const order = work.order(kind, bytes);
      attempt += 1;
      // Each has a branch of its own, since some are taken.
      const taskId = taskIdOf(order.hiringId, attempt, '0'.repeat(24));
      said = saidOf(await world.repositories({ maxChangeBytes: 64 * MIB }).push({ ...order, taskId }));
    }, MAX_TURN_MS);
    return { turnMs, said };
  }

  test.each(Object.keys(PATCHES))('does not hold the event loop as a patch: %s', async (name) => {
    const [beginning = '', unit = ''] = PATCHES[name] ?? [];
    const bytes = Buffer.concat([Buffer.from(beginning), Buffer.alloc(8 * MIB, unit)]);
    const { turnMs, said } = await turnOf('patch', bytes);
    expect(said).toMatch(/^(unusable|suspicious|pushed)/);
    expect(turnMs).toBeLessThan(MAX_TURN_MS);
  });

  test.each([
    ['lines of a header', '# v2 git bundle\n', `${HASH} refs/heads/a\n`],
    ['needs', '# v2 git bundle\n', `-${HASH} a\n`],
    ['one long line', '# v2 git bundle\n', 'a'],
    ['line ends', '# v2 git bundle\n', '\n'],
    [
      'bytes that are no pack',
      `# v2 git bundle\n${HASH} HEAD\n\nPACK\0\0\0\u0002\0\0\u00ff\u00ff`,
      '\u0078\u009c',
    ],
    ['numbers without an end', `# v2 git bundle\n${HASH} HEAD\n\nPACK\0\0\0\u0002\0\0\u00ff\u00ff`, '\u00ff'],
  ])('does not hold the event loop as a bundle: %s', async (_, beginning, unit) => {
    const bytes = Buffer.concat([Buffer.from(beginning, 'latin1'), Buffer.alloc(8 * MIB, unit, 'latin1')]);
    const { turnMs, said } = await turnOf('bundle', bytes);
    expect(said).toMatch(/^unusable/);
    expect(turnMs).toBeLessThan(MAX_TURN_MS);
  });

  test('does not hold the event loop as a bundle of many files with hostile names and contents', async () => {
    const blobs = Array.from({ length: 900 }, (_, at) =>
      object('blob', Buffer.from(`${at} ${'token'.repeat(2_000)}`)),
    );
    const folder = tree(
      blobs.map(({ id }, at) => ({
        mode: '100644',
        name: `${'~1.'.repeat(70)}${String(at).padStart(4, '0')}`,
        id,
      })),
    );
    let top = folder;
    const folders = [folder];
    for (let depth = 0; depth < 15; depth += 1) {
      top = tree([{ mode: '40000', name: 'a.~1 '.repeat(40), id: top.id }]);
      folders.push(top);
    }
    const large = object('blob', Buffer.alloc(30 * MIB, 'password = '));
    const root = tree([
      { mode: '100644', name: 'A', id: large.id },
      { mode: '40000', name: 'b', id: top.id },
    ]);
    const objects = [
      ...blobs,
      ...folders,
      large,
      root,
      commit(root.id, [work.base.commit], 'x\n'.repeat(400_000)),
    ];
    const { turnMs, said } = await turnOf('bundle', bundleOf(work.base.commit, objects));
    expect(said).toBe('pushed');
    expect(turnMs).toBeLessThan(MAX_TURN_MS);
  });
});

test('a path of any kind is looked up in the list at once', async () => {
  const protection = createProtection();
  for (const unit of ['a/', '.github/', '~1/', 'a~1/', '.', ' ', ':', 'x.', '\u200c', '\ufdfa', '*']) {
    const path = unit.repeat(Math.floor(4_096 / Buffer.byteLength(unit)));
    const turnMs = await longestTurnMs(() => protection(path), MAX_TURN_MS);
    expect(turnMs).toBeLessThan(MAX_TURN_MS);
  }
});
