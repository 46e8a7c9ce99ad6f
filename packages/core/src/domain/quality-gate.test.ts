import { expect, test } from 'vitest';
import { judgeResult } from './quality-gate.ts';

const description = 'Write a haiku about the sea in autumn';
const judge = (text: string) => judgeResult({ text, summary: '', files: [] }, { description }).kind;

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
])('%j is held', (text) => {
  expect(judge(text)).toBe('held');
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
])('%j passes', (text) => {
  expect(judge(text)).toBe('pass');
});
