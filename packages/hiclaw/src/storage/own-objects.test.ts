import type { Collected } from '@agrenting-hiclaw/core/domain';
import { describe, expect, it } from 'vitest';
import { createTaskStorage } from '../index.ts';
import { MemoryStore } from '../test/memory-store.ts';
import { taskId } from '../test/world.ts';

const folder = `shared/tasks/${taskId}/`;
const OURS = 'words of ours, or of the hirer';
const STRANGE = 'words under a name of ours';

/** What the adapter writes into a task folder, and what workers' tools put there by themselves. */
const OWN = [
  'spec.md',
  'task-spec.json',
  'state.json',
  'context.md',
  'messages/0001.md',
  'messages/answer.txt',
  'base/repository.bundle',
  '.gitkeep',
  'work/.gitkeep',
];

/** Other spellings of a name, that some program, gateway or file system takes for the same. */
const SPELLINGS: readonly (readonly [what: string, spell: (name: string) => string])[] = [
  ['as it is', (name) => name],
  ['in capitals', (name) => name.toUpperCase()],
  ['with one capital', (name) => name.replace(/[a-z]/, (letter) => letter.toUpperCase())],
  ['behind ./', (name) => `./${name}`],
  ['behind a slash', (name) => `/${name}`],
  ['with two slashes', (name) => name.replace('/', '//').replace(/^(?!.*\/\/)/, '//')],
  ['through a folder and back', (name) => `x/../${name}`],
  ['percent-encoded', (name) => name.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)],
  [
    'percent-encoded twice',
    (name) => name.replace(/[a-z]/, (letter) => `%25${letter.charCodeAt(0).toString(16)}`),
  ],
  ['with an encoded dot', (name) => name.replace('.', '%2E')],
  ['with an encoded slash', (name) => name.replace('/', '%2f')],
  ['with a backslash', (name) => name.replace('/', '\\')],
  ['with a space at the end', (name) => `${name} `],
  ['with a dot at the end', (name) => `${name}.`],
  ['with a no-break space at the end', (name) => `${name}\u00a0`],
  ['with a zero-width space', (name) => `${name.slice(0, 2)}\u200b${name.slice(2)}`],
  [
    'in full-width letters',
    (name) => name.replace(/[a-z]/, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  ],
  ['with a long s', (name) => name.replace('s', '\u017f')],
  ['decomposed', (name) => name.normalize('NFD')],
  ['as a stream of it', (name) => `${name}::$DATA`],
];

/** The folder as an honest worker left it, beside our own objects, and a stranger's under the other spelling. */
function folderWith(spelled: string, marker: Record<string, unknown>): MemoryStore {
  const store = new MemoryStore();
  for (const name of OWN) store.set(`${folder}${name}`, OURS);
  store.set(`${folder}${spelled}`, OWN.includes(spelled) ? OURS : STRANGE);
  store.set(`${folder}meta.json`, JSON.stringify({ status: 'submitted', ...marker }));
  return store;
}

const collect = async (store: MemoryStore): Promise<Collected> =>
  await createTaskStorage({ store, ourUserId: '@a:b', profile: '1.0' }).collect(taskId);

describe.each(SPELLINGS)('a name of ours %s', (_what, spell) => {
  const spelled = OWN.map((name) => spell(name));

  it.each<[string, (name: string) => string]>([
    ['a name', (name) => name],
    ['a path', (name) => `${folder}${name}`],
    ['a name in quotes', (name) => `\`${name}\``],
  ])('is no result when meta.json names it by %s', async (_how, pathOf) => {
    for (const name of spelled) {
      const collected = await collect(folderWith(name, { result_path: pathOf(name) }));
      expect([name, JSON.stringify(collected)]).toEqual([name, expect.not.stringContaining('words')]);
      expect([name, collected.kind]).toEqual([name, 'unclear']);
    }
  });

  it('is no file of a result, named as one or not', async () => {
    for (const name of spelled) {
      const store = folderWith(name, { deliverables: [name, `./${name}`] });
      const header = `STATUS: SUCCESS\nSUMMARY: Done.\nDELIVERABLES:\n- ${name}`;
      store.set(`${folder}result.md`, `${header}\n\nThe answer.`);
      const collected = await collect(store);
      expect([name, collected]).toMatchObject([
        name,
        { kind: 'result', result: { text: 'The answer.', files: [] } },
      ]);
    }
  });

  it('shows no work of a worker', async () => {
    for (const name of spelled) {
      const store = folderWith(name, {});
      const storage = createTaskStorage({ store, ourUserId: '@a:b', profile: '1.0' });
      expect([name, await storage.inspect(taskId)]).toMatchObject([name, { workerObjects: [] }]);
    }
  });
});

describe('a result that meta.json names', () => {
  it.each(['meta.json', 'spec.md', 'gone.md', '../x.md', '/etc/passwd', ''])(
    'is the result.md beside it where it cannot be %j',
    async (path) => {
      const store = folderWith('spec.md', { result_path: path });
      store.set(`${folder}result.md`, 'The answer.');
      expect(await collect(store)).toMatchObject({ kind: 'result', result: { text: 'The answer.' } });
    },
  );

  it.each(['in_progress', 'submitted', 'completed'])(
    'is none beside a result.md, while it is %s: others may write both, the marker and what it names',
    async (status) => {
      const store = folderWith('answer.md', { status, result_path: `${folder}answer.md` });
      store.set(`${folder}result.md`, 'The answer.');
      expect(await collect(store)).toMatchObject({ kind: 'result', result: { text: 'The answer.' } });
    },
  );

  it('is the same result, however often the marker around it is written again', async () => {
    const marker = { status: 'submitted', result_path: `${folder}answer.md` };
    const versions = new Set<string | undefined>();
    for (const summary of ['one', 'two', 'three']) {
      const storage = createTaskStorage({
        store: folderWith('answer.md', { ...marker, summary }),
        ourUserId: '@a:b',
        profile: '1.0',
      });
      const found = await storage.inspect(taskId);
      if (found.kind === 'folder' && found.hasResult) versions.add(found.resultVersion);
    }
    expect(versions.size).toBe(1);
  });

  it.each(['gone.md', 'meta.json', '../x.md', 'spec.md'])(
    'and that is not there is not made up from the summary: %s',
    async (path) => {
      const store = folderWith('spec.md', { result_path: path, summary: 'All is done as you asked.' });
      expect(await collect(store)).toEqual({ kind: 'unclear', why: { code: 'named_result_missing' } });
    },
  );

  it('may be any file that the worker made', async () => {
    const store = folderWith('notes/spec-of-mine.md', { result_path: `${folder}notes/spec-of-mine.md` });
    expect(await collect(store)).toMatchObject({ kind: 'result', result: { text: STRANGE } });
  });
});
