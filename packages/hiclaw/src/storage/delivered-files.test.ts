import { expect, test } from 'vitest';
import { MemoryStore } from '../test/memory-store.ts';
import { taskId } from '../test/world.ts';
import { collect } from './collect.ts';
import { DELIVERED_LISTS, LISTS_WITH_MISSING } from './fixtures/delivered-lists.ts';
import { taskFolder } from './task-folder.ts';

const folder = taskFolder(taskId);

async function collected(files: readonly string[], list: string) {
  const store = new MemoryStore();
  for (const name of files) store.set(`${folder}${name}`, 'The revenue rose by twelve percent.');
  const items = `${list.startsWith('-') ? '\n' : ''}${list.replaceAll('{F}', folder)}`;
  store.set(
    `${folder}result.md`,
    `STATUS: SUCCESS\nSUMMARY: The report on Q3\nDELIVERABLES:${items}\n\nRevenue rose by twelve percent.\n`,
  );
  store.set(`${folder}meta.json`, JSON.stringify({ task_id: taskId, status: 'assigned' }));
  return await collect(store, taskId, 1_000_000);
}

test.each(DELIVERED_LISTS)('%j are found in the list %j', async (files, list) => {
  const result = { files: files.toSorted().map((name) => ({ name })) };
  expect(await collected(files, list)).toMatchObject({ kind: 'result', result, missing: undefined });
});

test.each(LISTS_WITH_MISSING)('beside %j, what is missing of %j is %j', async (files, list, missing) => {
  expect(await collected(files, list)).toMatchObject({
    kind: 'unclear',
    why: { code: 'deliverable_missing', name: missing },
  });
});

test.each([
  '- {F}workspace/site.html',
  '- **{F}workspace/site.html**',
  '- The site: `workspace/site.html`',
  '- [x] {F}workspace/ (the site)',
])('a file among notes is delivered where it is named: %j', async (list) => {
  expect(await collected(['plan.md', 'workspace/site.html'], list)).toMatchObject({
    result: { files: [{ name: 'workspace/site.html' }] },
  });
});

test.each(['- {F}report.pdf (how it was made: see the plan)', '- progress on the report', '- a plan'])(
  'notes stay with the worker where words alone speak of them: %j',
  async (list) => {
    expect(await collected(['plan.md', 'progress/1.md', 'report.pdf'], list)).toMatchObject({
      result: { files: [{ name: 'report.pdf' }] },
    });
  },
);

test('long lists are read at once', async () => {
  const files = Array.from({ length: 3_000 }, (_, index) => `folder ${index % 7}/page-${index}.md`);
  const list = files.slice(0, 1_000).map((name) => `- The page: {F}${name} ${'and so on, '.repeat(100)}`);
  const before = performance.now();
  await collected(files, list.join('\n'));
  expect(performance.now() - before).toBeLessThan(3_000);
});
