import { KnownSecrets, Secret } from '@agrenting-hiclaw/core/domain';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundleOf, commit, object, tree, type PackedObject } from './bombs.ts';
import {
  createWorld,
  done,
  hasGit,
  notRun,
  OWN_BRANCH,
  saidOf,
  TOKEN,
  type Work,
  type World,
} from './world.ts';

/** Looks like a token, and opens nothing. */
const CREDENTIAL = `ghp_${'Ab1'.repeat(12)}`;
const OWN = 'the-adapters-own-key-7f3a9c';
const PERSON = 'Sam <sam@example.com> 1750000000 +0000';
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** Contents of a file that hold it. */
const CONTENTS: Readonly<Record<string, Buffer | string>> = {
  'as it is': CREDENTIAL,
  'after a carriage return and "diff --git"': `a\n\rdiff --git a/x b/x\n${CREDENTIAL}\n`,
  'after U+2028 and "diff --git"': `a\n\u2028diff --git a/x b/x\n${CREDENTIAL}\n`,
  'after a line that looks like the beginning of a file': `diff --git a/x b/x\n--- a/x\n+++ b/x\n${CREDENTIAL}\n`,
  'in a file with bytes that are no text': Buffer.from(`\0\u0001\u0002${CREDENTIAL}\0`),
  'with characters that nobody sees': `ghp_\u200b${'Ab1'.repeat(6)}\u2060${'Ab1'.repeat(6)}`,
  'in fullwidth letters': CREDENTIAL.replaceAll(/[!-~]/g, (letter) =>
    String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfe_e0),
  ),
  'in UTF-16': utf16(`key ${CREDENTIAL}`),
  'in UTF-16 with its mark': Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(`key ${CREDENTIAL}`)]),
  'in UTF-16 of the other order': utf16(`key ${CREDENTIAL}`).swap16(),
  'in Latin-1': Buffer.from(`clé é ${CREDENTIAL}`, 'latin1'),
  'in one very long line': `${'x '.repeat(200_000)}${CREDENTIAL}`,
  "the hirer's own token": `use ${TOKEN}`,
  "the hirer's own token in Base64": Buffer.from(TOKEN).toString('base64'),
  "the adapter's own key": OWN,
};

/** Lines of a commit that hold it. */
const COMMITS: Readonly<Record<string, (treeId: string, parent: string) => string>> = {
  'the name of its author': (id, parent) =>
    `tree ${id}\nparent ${parent}\nauthor ${CREDENTIAL} <a@example.com> 1 +0000\ncommitter ${PERSON}\n\nx\n`,
  'the address of its author': (id, parent) =>
    `tree ${id}\nparent ${parent}\nauthor Sam <${CREDENTIAL}@example.com> 1 +0000\ncommitter ${PERSON}\n\nx\n`,
  'the name of its committer': (id, parent) =>
    `tree ${id}\nparent ${parent}\nauthor ${PERSON}\ncommitter ${CREDENTIAL} <a@example.com> 1 +0000\n\nx\n`,
  'its signature': (id, parent) =>
    `tree ${id}\nparent ${parent}\nauthor ${PERSON}\ncommitter ${PERSON}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n ${CREDENTIAL}\n -----END PGP SIGNATURE-----\n\nx\n`,
  'its encoding': (id, parent) =>
    `tree ${id}\nparent ${parent}\nauthor ${PERSON}\ncommitter ${PERSON}\nencoding ${CREDENTIAL}\n\nx\n`,
  'a header that nobody knows': (id, parent) =>
    `tree ${id}\nparent ${parent}\nauthor ${PERSON}\ncommitter ${PERSON}\nx-key ${CREDENTIAL}\n\nx\n`,
  'a tag that it merges': (id, parent) =>
    `tree ${id}\nparent ${parent}\nauthor ${PERSON}\ncommitter ${PERSON}\nmergetag object ${parent}\n type commit\n tag v1\n tagger ${PERSON}\n \n ${CREDENTIAL}\n\nx\n`,
  'its message': (id, parent) =>
    `tree ${id}\nparent ${parent}\nauthor ${PERSON}\ncommitter ${PERSON}\n\nx\n\n\u2028diff --git\n${CREDENTIAL}\n`,
};

describe.skipIf(!hasGit)(`a credential that a worker's commits bring in${notRun}`, () => {
  let world: World;
  let work: Work;

  beforeAll(async () => {
    world = await createWorld({ 'README.md': '# Site\n', 'old.txt': `a\nb\n${CREDENTIAL}\nc\n` });
    work = await world.startWork();
  });
  afterAll(async () => {
    await world.close();
  });

  afterEach(async () => {
    const directory = world.server.directoryOf('sam/site');
    await work.git('--git-dir', directory, 'update-ref', '-d', `refs/heads/${OWN_BRANCH}`);
  });

  const repositories = () =>
    world.repositories({
      secrets: new KnownSecrets([{ code: 'own_secret', secret: new Secret(OWN) }]),
    });
  async function pushed(objects: readonly PackedObject[]): Promise<string> {
    const outcome = await repositories().push(work.order('bundle', bundleOf(work.base.commit, objects)));
    const branches = await world.server.branchesOf('sam/site');
    return branches.length === 1 ? saidOf(outcome) : `pushed: ${branches.join(' ')}`;
  }
  const file = (name: string, blob: PackedObject, mode: '100644' | '120000' = '100644') =>
    tree([{ mode, name, id: blob.id }]);

  test.each(Object.keys(CONTENTS))('is found in a file: %s', async (how) => {
    const blob = object('blob', Buffer.from(CONTENTS[how] ?? ''));
    const top = file('a.txt', blob);
    const said = await pushed([blob, top, commit(top.id, [work.base.commit])]);
    expect(said).toMatch(/^suspicious: the change seems to hold .* in "a\.txt"$/);
  });

  test.each(Object.keys(COMMITS))('is found in a commit: %s', async (how) => {
    const blob = object('blob', Buffer.from('a\n'));
    const top = file('a.txt', blob);
    const text = COMMITS[how]?.(top.id, work.base.commit) ?? '';
    const said = await pushed([blob, top, object('commit', Buffer.from(text))]);
    expect(said).toMatch(
      /^suspicious: the change seems to hold a GitHub token in the (message|header) of a commit$/,
    );
  });

  test('is in no commit that git would cut off: in UTF-16', async () => {
    const blob = object('blob', Buffer.from('a\n'));
    const top = file('a.txt', blob);
    const text = COMMITS['its encoding']?.(top.id, work.base.commit).replace(CREDENTIAL, 'UTF-16') ?? '';
    const raw = object('commit', Buffer.concat([Buffer.from(text), utf16(CREDENTIAL)]));
    expect(await pushed([blob, top, raw])).toMatch(/^unusable: .* nulInCommit/);
  });

  test('is found in the name of a file, which is not shown', async () => {
    const blob = object('blob', Buffer.from('a\n'));
    const top = file(`${CREDENTIAL}.txt`, blob);
    const said = await pushed([blob, top, commit(top.id, [work.base.commit])]);
    expect(said).toBe('suspicious: the change seems to hold a GitHub token in the name of a file');
  });

  test('is found in the name of a folder', async () => {
    const blob = object('blob', Buffer.from('a\n'));
    const folder = file('a.txt', blob);
    const top = tree([{ mode: '40000', name: CREDENTIAL, id: folder.id }]);
    const said = await pushed([blob, folder, top, commit(top.id, [work.base.commit])]);
    expect(said).toBe('suspicious: the change seems to hold a GitHub token in the name of a file');
  });

  test('is found in a file whose attributes hide it from diffs', async () => {
    const attributes = object('blob', Buffer.from('*.txt -diff binary\n'));
    const blob = object('blob', Buffer.from(CREDENTIAL));
    const top = tree([
      { mode: '100644', name: '.gitattributes', id: attributes.id },
      { mode: '100644', name: 'a.txt', id: blob.id },
    ]);
    const said = await pushed([attributes, blob, top, commit(top.id, [work.base.commit])]);
    expect(said).toContain('the change seems to hold a GitHub token in "a.txt"');
  });

  test('is found where a link leads', async () => {
    const blob = object('blob', Buffer.from(CREDENTIAL));
    const top = file('link', blob, '120000');
    const said = await pushed([blob, top, commit(top.id, [work.base.commit])]);
    expect(said).toBe('suspicious: the change seems to hold a GitHub token in "link"');
  });

  test('is found in a merge that neither side has', async () => {
    const plain = object('blob', Buffer.from('a\n'));
    const one = file('a.txt', plain);
    const left = commit(one.id, [work.base.commit], 'Left');
    const right = commit(one.id, [work.base.commit], 'Right');
    const blob = object('blob', Buffer.from(CREDENTIAL));
    const top = file('a.txt', blob);
    const said = await pushed([plain, one, left, right, blob, top, commit(top.id, [left.id, right.id])]);
    expect(said).toBe('suspicious: the change seems to hold a GitHub token in "a.txt"');
  });

  test('is not ruled out in a file that is too large to be looked through', async () => {
    const blob = object('blob', Buffer.alloc(33 * 1024 * 1024));
    const top = file('a.bin', blob);
    const said = await pushed([blob, top, commit(top.id, [work.base.commit])]);
    expect(said).toBe(
      'suspicious: the change seems to hold data that could not be checked for credentials in "a.bin"',
    );
  });

  test('is not ruled out in a commit that is too large to be looked through', async () => {
    const blob = object('blob', Buffer.from('a\n'));
    const top = file('a.txt', blob);
    const said = await pushed([blob, top, commit(top.id, [work.base.commit], 'x'.repeat(2 * 1024 * 1024))]);
    expect(said).toBe(
      'suspicious: the change seems to hold data that could not be checked for credentials in the header of a commit',
    );
  });

  test('is found in all places that there are, so that one yes is for all of them', async () => {
    const blob = object('blob', Buffer.from(CREDENTIAL));
    const hook = object('blob', Buffer.from('#!/bin/sh\n'));
    const top = tree([
      { mode: '100644', name: '.envrc', id: hook.id },
      { mode: '100644', name: 'a.txt', id: blob.id },
    ]);
    const said = await pushed([blob, hook, top, commit(top.id, [work.base.commit], `Add ${TOKEN}`)]);
    expect(said).toContain('the change touches ".envrc", which is used by direnv');
    expect(said).toContain("the hirer's repository token in the message of a commit");
    expect(said).toContain('a GitHub token in "a.txt"');
  });

  test('is found in the author and the subject of a patch', async () => {
    const patch = (from: string, subject: string): Buffer =>
      Buffer.from(
        [
          `From ${'0'.repeat(40)} Mon Sep 17 00:00:00 2001`,
          `From: ${from} <a@example.com>`,
          'Date: Mon, 1 Jan 2024 00:00:00 +0000',
          `Subject: [PATCH] ${subject}`,
          '',
          '---',
          'diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x',
          '',
        ].join('\n'),
      );
    for (const bytes of [patch(CREDENTIAL, 'x'), patch('Sam', CREDENTIAL)]) {
      expect(saidOf(await repositories().push(work.order('patch', bytes)))).toMatch(
        /^suspicious: the change seems to hold a GitHub token in the (message|header) of a commit$/,
      );
    }
  });

  test('is none of the worker when the file had it before', async () => {
    await work.write('old.txt', `a\nB\n${CREDENTIAL}\nc\n`);
    const outcome = done(await repositories().push(work.order('patch', await work.diff())));
    expect(outcome.filesChanged).toEqual(['old.txt']);
  });
});
