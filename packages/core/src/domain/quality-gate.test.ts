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
])('%j passes', (text) => {
  expect(judge(text)).toBe('pass');
});
