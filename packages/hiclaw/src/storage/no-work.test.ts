import { assessResult } from '@agrenting-hiclaw/core/domain';
import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../test/memory-store.ts';
import { taskId } from '../test/world.ts';
import { collect } from './collect.ts';
import { GOOD_RESULTS } from './fixtures/good-results.ts';
import { NO_WORK, SHORT_ANSWERS } from './fixtures/no-work.ts';
import { taskFolder } from './task-folder.ts';

const description = 'Write a report about the market for electric bicycles in Europe';

/** What comes of a result.md: `paid`, or what else. */
async function outcomeOf(text: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const store = new MemoryStore();
  const folder = taskFolder(taskId);
  for (const [name, content] of Object.entries(files)) store.set(`${folder}${name}`, content);
  store.set(`${folder}result.md`, text);
  store.set(`${folder}meta.json`, JSON.stringify({ task_id: taskId, status: 'assigned' }));
  const collected = await collect(store, taskId, 1_000_000);
  if (collected.kind !== 'result') return collected.kind;
  const { kind } = await assessResult(collected.result, { description, repoToken: undefined });
  return kind === 'pass' ? 'paid' : kind;
}

describe.each(Object.entries(NO_WORK))('%s are neither paid nor refunded by a guess', (_, texts) => {
  test.each(texts)('%s', async (text) => {
    expect(['held', 'unclear']).toContain(await outcomeOf(text));
  });
});

test.each(SHORT_ANSWERS)('a short answer is paid: %j', async (text) => {
  expect(await outcomeOf(text)).toBe('paid');
});

test.each([
  '42',
  'STATUS: SUCCESS\nSUMMARY: Done\n\n42',
  'STATUS: SUCCESS\nSUMMARY: 42\n\n42',
  'STATUS: SUCCESS\nSUMMARY: The answer is 42\n\nOK',
  'STATUS: SUCCESS\nSUMMARY: The answer is 42\n\n---',
])('a short text that nothing explains is held: %j', async (text) => {
  expect(await outcomeOf(text)).toBe('held');
});

test.each(['Fertig.', 'Done.', '任务已完成，报告保存在 report.md 中。', 'La tarea está completada.'])(
  'a claim is an answer beside the work: %j',
  async (text) => {
    expect(await outcomeOf(text, { 'report.md': 'Sales rose by twelve percent.' })).toBe('paid');
  },
);

const unexplained = new Set(['a number']);
test.each(Object.entries(GOOD_RESULTS).filter(([name]) => !unexplained.has(name)))(
  'a usual answer is paid: %s',
  async (_, text) => {
    expect(await outcomeOf(text)).toBe('paid');
  },
);
