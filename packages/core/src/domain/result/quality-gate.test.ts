import { expect, test } from 'vitest';
import { KnownSecrets } from '../credentials/known-secrets.ts';
import { isWorkInFile, assessResult } from './quality-gate.ts';
import type { WorkerResult } from './result.ts';
import { Secret } from '../credentials/secret.ts';
import { longestTurnMs } from '../testing/longest-turn.ts';

const description = 'Write a haiku about the sea in autumn';
const judge = async (text: string, files: WorkerResult['files'] = []) =>
  (await assessResult({ text, summary: '', files, notes: [] }, { description })).kind;

test.each([
  [''],
  ['  \n\t '],
  ['...'],
  ['---\n'],
  ['TODO'],
  ['**Done.**'],
  ['Task completed!'],
  ['I will start working on the haiku now.'],
  ["Sure, I'll write that for you."],
  ['Working on it...'],
  ['[insert haiku here]'],
  ['Lorem ipsum dolor sit amet'],
  ['<the full answer>'],
  ['<one line>\n\n<the full answer>'],
  ['TODO: write note'],
  ['Result goes here'],
  ['The task has been completed.'],
  ['Task completed successfully.'],
  ['I have completed the task.'],
  ["I've finished the work as requested!"],
  ['Done. The task is complete.'],
  ['Acknowledged. Starting now.'],
  ['Working on it, will report back soon.'],
  ['I will start on this task now. I will report back when done.'],
  ['Here is the result:'],
  ['See report.md'],
  ['Please see the attached file.'],
  ['Done: the haiku is in `haiku.md`.'],
  [`Task: ${description}`],
  [`You asked: "${description}"`],
  [description],
  [`> ${description}.`],
  [`${description}\n\n${description}`],
])('%j is held', async (text) => {
  expect(await judge(text)).toBe('held');
});

test.each([
  ['Grey waves fold and fall\nthe last boats come home empty\ngulls argue with rain'],
  ['Done: the haiku is in haiku.md. It has three lines of 5, 7 and 5 syllables and speaks of October.'],
  [
    `You asked: ${description}.\n\nGrey waves fold and fall / the last boats come home empty / gulls argue with rain`,
  ],
  ['The answer is 1024.'],
  ['Paris'],
  ['Yes. See section 3 of the contract, which says so in its second sentence.'],
  ['I will be honest: the sea in autumn is grey.\n\nGrey waves fold and fall'],
  ['<svg width="10"><circle r="5"/></svg>'],
  ['# Result\n\nThe task is done.\n\n1. Renamed the table\n2. Moved the index'],
  [`${description}\n\nIt is grey.`],
  ['The result is in the table below.\n\n| month | rain |\n| --- | --- |\n| May | 12 |'],
])('%j passes', async (text) => {
  expect(await judge(text)).toBe('pass');
});

const FILES = [{ name: 'report.md', sizeBytes: 12 }];

test.each([[''], ['See report.md.'], ['Done. See report.md.'], ['Please find the report in report.md']])(
  'files that are delivered are an answer to which "%s" points',
  async (text) => expect(await judge(text, FILES)).toBe('pass'),
);

test.each([['I will do it.'], ['TODO'], ['Acknowledged.']])('files make no work of "%s"', async (text) =>
  expect(await judge(text, FILES)).toBe('held'),
);

test.each([
  [''],
  [' '],
  ['TODO'],
  ['See answer.md'],
  ['I will do it.'],
  [`# Task\n\n${description}`],
  [`${description}\n\n${description}`],
])('a file that holds %j is no work', async (text) => {
  for (const encoding of ['utf8', 'utf16le'] as const) {
    expect(await isWorkInFile(Buffer.from(text, encoding), { description })).toBe(false);
  }
});

test.each([
  ['an answer', Buffer.from('Grey waves fold and fall')],
  ['a change', Buffer.from('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-grey\n+blue\n')],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d4948445200000001', 'hex')],
])('a file that holds %s is work', async (_, bytes) => {
  expect(await isWorkInFile(bytes, { description })).toBe(true);
});

test('an empty file is no answer', async () => {
  expect(await judge('', [{ name: 'a', sizeBytes: 0 }])).toBe('held');
});

test("the hirer's own token is held wherever it stands", async () => {
  const hiring = { description, repoToken: new Secret('an-odd-token') };
  const result = { text: 'Pushed with an-odd-token to main.', summary: '', files: [], notes: [] };
  expect(await assessResult(result, hiring)).toEqual({
    kind: 'held',
    reason: { code: 'result_credential', found: 'repository_token' },
  });
});

test.each(['text', 'summary', 'notes', 'name'] as const)(
  "a secret of the adapter is held in a result's %s",
  async (place) => {
    const secrets = new KnownSecrets([{ code: 'own_secret', secret: new Secret('an-odd-storage-key') }]);
    const said = 'It says An-Odd\u200b-Storage-Key to anyone who asks.';
    const plain: WorkerResult = { text: 'Grey waves fold and fall', summary: '', files: [], notes: [] };
    const results: Readonly<Record<typeof place, WorkerResult>> = {
      text: { ...plain, text: said },
      summary: { ...plain, summary: said },
      notes: { ...plain, notes: [said] },
      name: { ...plain, files: [{ name: `${said}.md`, sizeBytes: 1 }] },
    };
    expect(await assessResult(results[place], { description })).toEqual({ kind: 'pass' });
    expect(await assessResult(results[place], { description }, secrets)).toEqual({
      kind: 'held',
      reason: { code: 'result_credential', found: 'own_secret' },
    });
  },
);

test.each([
  ['marks that a normalisation would sort', `a${'\u0301\u0316'.repeat(250_000)}`, description],
  ['a task that nearly repeats itself', 'a'.repeat(1_000_000), `${'a'.repeat(50_000)}b${'a'.repeat(49_999)}`],
  ['a ligature that is written out', '\ufdfa'.repeat(300_000), description],
  ['sentences without end', 'a. '.repeat(300_000), description],
])('a megabyte of %s is judged while other things go on', async (_, text, asked) => {
  const longestMs = await longestTurnMs(async () => {
    await assessResult({ text, summary: '', files: [], notes: [] }, { description: asked });
  }, 100);
  expect(longestMs).toBeLessThan(100);
});
