import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PushOutcome, SourceOutcome } from '@agrenting-hiclaw/core/domain';
import { runLocalGit } from '@agrenting-hiclaw/sandbox/git';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GitRepositoriesOptions } from '../src/index.ts';
import {
  bundleOf,
  commit,
  deltaBomb,
  depthBomb,
  ladderBomb,
  object,
  pack,
  tree,
  treeBomb,
  type PackedObject,
} from './bombs.ts';
import { binaryPatch } from './patches.ts';
import { watchingMemory } from './peak-memory.ts';
import { createWorld, hasGit, saidOf, type Work, type World } from './world.ts';

const canSee = hasGit && process.platform === 'linux';
const notSeen = canSee ? '' : ' (not run: it needs git and the /proc of Linux)';
const MIB = 1024 * 1024;
/** Of any one git, while a bomb is looked at that is seen for what it is. */
const MAX_PEAK_BYTES = 128 * MIB;
/** Half of what a call may take at all: this machine may be busy with other things. */
const MAX_TOOK_MS = 60_000;

/** Half a hundred files of so many bytes are too much; `npm run test:long -- sizes` takes those for the bounds of production. */
const IS_FULL_SIZE = process.env['TEST_FULL_SIZE'] === '1';
const FILLING_BYTES = IS_FULL_SIZE ? 64 * MIB : MIB;
const BOUNDS: GitRepositoriesOptions = IS_FULL_SIZE ? {} : { maxRepositoryBytes: 2 * MIB };

interface Bomb {
  readonly what: string;
  /** The last one is the tree that is committed. */
  readonly objects: () => readonly PackedObject[];
  readonly says: RegExp;
}

const TREES: readonly Bomb[] = [
  {
    what: 'a tree of a hundred million files',
    objects: () => treeBomb(10, 8),
    says: /files and folders/,
  },
  {
    what: 'a tree of more files than there are atoms',
    objects: () => treeBomb(1_000, 30),
    says: /files and folders/,
  },
  {
    what: 'trees that each hold all others',
    objects: () => ladderBomb(300),
    says: /folders in one another|files and folders/,
  },
  { what: 'folders in folders', objects: () => depthBomb(3_000), says: /folders in one another/ },
  { what: 'a long path', objects: () => depthBomb(20, 'n'.repeat(250)), says: /bytes in one path/ },
  {
    what: 'many long paths',
    objects: () => treeBomb(20, 4, 'n'.repeat(900)),
    says: /bytes of paths/,
  },
  {
    what: 'a file that is there again and again',
    objects: () => {
      const blob = object('blob', Buffer.alloc(FILLING_BYTES));
      const names = Array.from({ length: 60 }, (_, at) => `${at}`.padStart(4, '0'));
      return [blob, tree(names.map((name) => ({ mode: '100644', name, id: blob.id })))];
    },
    says: /bytes of files/,
  },
  {
    what: 'a file of zeros',
    objects: () => {
      const blob = object('blob', Buffer.alloc(101 * MIB));
      return [blob, tree([{ mode: '100644', name: 'zeros', id: blob.id }])];
    },
    says: /bytes in one file/,
  },
];

describe.skipIf(!canSee)(`a hirer's repository that is a bomb${notSeen}`, () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(async () => {
    await world.close();
  });

  /** Makes it what `main` of the hirer's repository is. */
  async function plant(objects: readonly PackedObject[]): Promise<string> {
    const directory = world.server.directoryOf('sam/site');
    await runLocalGit(['index-pack', '--stdin'], { directory, input: pack(objects) });
    const tip = objects.at(-1)?.id ?? '';
    await writeFile(join(directory, 'refs/heads/main'), `${tip}\n`);
    return tip;
  }

  test.each(TREES)('is refused before it goes off, read and pushed to: $what', async ({ objects, says }) => {
    const bomb = objects();
    const base = await plant([...bomb, commit(bomb.at(-1)?.id ?? '', [])]);
    const order = world.orderOn({ branch: 'main', commit: base }, 'patch', Buffer.from(NEW_FILE));
    const calls: readonly (() => Promise<PushOutcome | SourceOutcome>)[] = [
      () => world.repositories(BOUNDS).source(world.access()),
      () => world.repositories(BOUNDS).push(order),
    ];
    for (const call of calls) {
      const { outcome, peakBytes, tookMs } = await watchingMemory(world.privateFolder, call);
      expect(saidOf(outcome)).toMatch(/^refused: the repository is too large to be worked on: /);
      expect(saidOf(outcome)).toMatch(says);
      expect(peakBytes).toBeLessThan(MAX_PEAK_BYTES);
      expect(tookMs).toBeLessThan(MAX_TOOK_MS);
    }
  });

  test('is refused when it needs more of a processor than is allowed', async () => {
    const { packed, blobs } = deltaBomb(16, 40 * MIB);
    const top = tree(blobs.map((id, at) => ({ mode: '100644', name: `${at}`.padStart(4, '0'), id })));
    await plant([...packed, top, commit(top.id, [])]);
    const { outcome, peakBytes } = await watchingMemory(world.privateFolder, () =>
      world.repositories({ maxProcessorSeconds: 1 }).source(world.access()),
    );
    expect(saidOf(outcome)).toBe('refused: git needed more than 1 s of processor time and was stopped');
    expect(peakBytes).toBeLessThan(MAX_PEAK_BYTES * 2);
  });

  test('is refused when it needs more memory than is allowed', async () => {
    const { packed, blobs } = deltaBomb(2, 40 * MIB);
    const top = tree(blobs.map((id, at) => ({ mode: '100644', name: `${at}`.padStart(4, '0'), id })));
    await plant([...packed, top, commit(top.id, [])]);
    const { outcome, peakBytes } = await watchingMemory(world.privateFolder, () =>
      world.repositories({ maxMemoryBytes: 64 * MIB }).source(world.access()),
    );
    expect(saidOf(outcome)).toBe(
      'refused: git needed more than the 64 MiB of memory that are allowed and was stopped',
    );
    expect(peakBytes).toBeLessThan(64 * MIB);
  });

  test('is refused when it has too many commits', async () => {
    const top = tree([]);
    const commits: PackedObject[] = [];
    for (let at = 0; at < 3_000; at += 1)
      commits.push(
        commit(
          top.id,
          commits.slice(-1).map(({ id }) => id),
          `${at}`,
        ),
      );
    await plant([top, ...commits]);
    const outcome = await world.repositories({ maxObjects: 3_000 }).source(world.access());
    expect(saidOf(outcome)).toContain(
      'refused: the repository is too large to be worked on: it has more than 3,000 objects',
    );
  });

  test('is read without what it has beside its branch: two hundred thousand references', async () => {
    const top = tree([]);
    const tip = await plant([top, commit(top.id, [])]);
    const lines = Array.from(
      { length: 200_000 },
      (_, at) => `${tip} refs/heads/main-${`${at}`.padStart(6, '0')}`,
    );
    await writeFile(
      join(world.server.directoryOf('sam/site'), 'packed-refs'),
      `# pack-refs with: peeled fully-peeled sorted \n${lines.join('\n')}\n`,
    );
    const { outcome, peakBytes } = await watchingMemory(world.privateFolder, () =>
      world.repositories().source(world.access()),
    );
    expect(outcome.kind).toBe('source');
    expect(peakBytes).toBeLessThan(MAX_PEAK_BYTES);
  });
});

describe.skipIf(!canSee)(`a worker's change that is a bomb${notSeen}`, () => {
  let world: World;
  let work: Work;

  beforeAll(async () => {
    world = await createWorld();
    work = await world.startWork();
  });
  afterAll(async () => {
    await world.close();
  });

  async function pushed(kind: 'patch' | 'bundle', bytes: Buffer, options?: GitRepositoriesOptions) {
    const watched = await watchingMemory(world.privateFolder, () =>
      world.repositories(options).push(work.order(kind, bytes)),
    );
    expect(await world.server.branchesOf('sam/site')).toEqual(['main']);
    return { ...watched, said: saidOf(watched.outcome) };
  }
  const bundled = (objects: readonly PackedObject[]): Buffer =>
    bundleOf(work.base.commit, [...objects, commit(objects.at(-1)?.id ?? '', [work.base.commit])]);

  test.each(TREES)('is unusable before it goes off, as a bundle: $what', async ({ objects, says }) => {
    const { said, peakBytes, tookMs } = await pushed('bundle', bundled(objects()), BOUNDS);
    expect(said).toMatch(/^unusable: the (change|bundle) cannot be worked on: /);
    expect(said).toMatch(says);
    expect(peakBytes).toBeLessThan(MAX_PEAK_BYTES);
    expect(tookMs).toBeLessThan(MAX_TOOK_MS);
  });

  test('is unusable in a commit that a later one undoes', async () => {
    const bomb = treeBomb(10, 8);
    const bad = commit(bomb.at(-1)?.id ?? '', [work.base.commit]);
    const top = tree([]);
    const { said, peakBytes } = await pushed(
      'bundle',
      bundleOf(work.base.commit, [...bomb, bad, top, commit(top.id, [bad.id])]),
    );
    expect(said).toMatch(
      /^unusable: the change cannot be worked on: it unfolds into more than .* files and folders/,
    );
    expect(peakBytes).toBeLessThan(MAX_PEAK_BYTES);
  });

  test.each([
    ['deltas that make much of little', () => deltaBomb(2_000, 64 * MIB).packed, /more than [\d,]+ bytes/],
    ['a delta that makes one file of much', () => deltaBomb(1, 200 * MIB).packed, /bytes in one file/],
  ] as const)('is unusable before git has seen any of it: %s', async (_, objects, says) => {
    const bytes = bundled(objects());
    const { said, peakBytes, tookMs } = await pushed('bundle', bytes);
    expect(said).toMatch(/^unusable: the bundle cannot be worked on: it (unpacks into|holds) /);
    expect(said).toMatch(says);
    expect(peakBytes).toBeLessThan(MAX_PEAK_BYTES);
    expect(tookMs).toBeLessThan(MAX_TOOK_MS);
  });

  test('is unusable when it says that it holds a hundred thousand objects', async () => {
    const { said } = await pushed('bundle', bundleOf(work.base.commit, [tree([])], 100_001));
    expect(said).toBe('unusable: the bundle cannot be worked on: it unpacks into more than 100,000 objects');
  });

  test('is unusable when its header names more branches than anybody has', async () => {
    const lines = Array.from({ length: 2_000 }, (_, at) => `${work.base.commit} refs/heads/b${at}`);
    const { said } = await pushed('bundle', Buffer.from(`# v2 git bundle\n${lines.join('\n')}\n\nPACK`));
    expect(said).toMatch(/^unusable: the bundle cannot be read/);
  });

  test('is unusable when its patch needs more memory than is allowed', async () => {
    const one = binaryPatch('bomb-x.bin', Buffer.alloc(60 * MIB));
    const bytes = Array.from({ length: 20 }, (_, at) => one.replaceAll('bomb-x', `bomb-${at}`)).join('');
    const { said, peakBytes, tookMs } = await pushed('patch', Buffer.from(bytes), {
      maxMemoryBytes: 256 * MIB,
    });
    expect(said).toBe(
      'unusable: the change cannot be worked on: git needed more than the 256 MiB of memory that are allowed and was stopped',
    );
    expect(peakBytes).toBeLessThan(256 * MIB);
    expect(tookMs).toBeLessThan(MAX_TOOK_MS);
  });

  test('is unusable when its mailbox has more letters than commits are allowed', async () => {
    const letter = `From ${'0'.repeat(40)} Mon Sep 17 00:00:00 2001\nSubject: x\n\n`;
    // To git this begins a letter too.
    const other = 'From anybody Mon Sep 17 00:00:00 2001\n\n';
    const { said, tookMs } = await pushed('patch', Buffer.from(letter + other.repeat(200_000)));
    expect(said).toMatch(/^unusable: the change has .* commits, and 200 are allowed/);
    expect(tookMs).toBeLessThan(MAX_TOOK_MS);
  });
});

const NEW_FILE = 'diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n';
