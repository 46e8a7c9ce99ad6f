import { expect, test } from 'vitest';
import { credentialIn } from './credentials-in-text.ts';
import { judgeResult } from './quality-gate.ts';
import type { WorkerResult } from './result.ts';
import { Secret } from './secret.ts';

const description = 'Write a haiku about the sea in autumn';
const judge = (text: string, files: WorkerResult['files'] = []) =>
  judgeResult({ text, summary: '', files, notes: [] }, { description }).kind;

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

const FILES = [{ name: 'report.md', sizeBytes: 12 }];

test.each([[''], ['See report.md.'], ['Done. See report.md.'], ['Please find the report in report.md']])(
  'files that are delivered are an answer to which "%s" points',
  (text) => expect(judge(text, FILES)).toBe('pass'),
);

test.each([['I will do it.'], ['TODO'], ['Acknowledged.']])('files make no work of "%s"', (text) =>
  expect(judge(text, FILES)).toBe('held'),
);

test('an empty file is no answer', () => {
  expect(judge('', [{ name: 'a', sizeBytes: 0 }])).toBe('held');
});

test.each([
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['a GitHub token', `token ghp_${'a1B2'.repeat(9)}`],
  ['a GitHub token', `github_pat_${'a1B2c3D4e5'.repeat(5)}`],
  ['a GitLab token', `glpat-${'a1B2c3D4e5'.repeat(2)}`],
  ['an AWS key', 'AKIAIOSFODNN7QWERTYU'],
  ['a Google key', `AIza${'a1B2c'.repeat(7)}`],
  ['a Slack token', `xoxb-${'123456789012'.repeat(2)}-abc`],
  ['a Stripe key', `sk_live_${'a1B2c3D4e5'.repeat(3)}`],
  ['a model provider key', `sk-proj-${'a1B2c3D4e5'.repeat(4)}`],
  ['an npm token', `npm_${'a1B2c3'.repeat(6)}`],
  ['a marketplace key', `ap_${'a1B2c3D4e5'.repeat(3)}`],
  ['a Matrix token', 'syt_YWxpY2U_abcdefGHIJKLmnop_1a2B3c'],
  ['a JSON web token', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'a1B2c3'.repeat(4)}`],
  ['a password in an address', 'postgres://admin:hunter22@db.company.io/x'],
  ['something that is called a secret', 'api_key = "q7Hd92kLmP0xVb31RtYw8Z"'],
])('%s is found', (what, text) => expect(credentialIn(`before ${text} after`)).toBe(what));

test.each([
  ['const token = process.env.GITHUB_TOKEN_FOR_DEPLOYS;'],
  ['password: "change-me-please-soon"'],
  ['API_KEY=your_api_key_goes_here_1'],
  ['the secret: a good night of sleep'],
  ['https://user@example.com/path'],
  [`sha256 ${'ab12'.repeat(16)}`],
])('"%s" holds no credential', (text) => expect(credentialIn(text)).toBeUndefined());

test.each([
  'a.',
  'a-a.a+',
  'secret',
  'secret ',
  'token_',
  'eyJ-',
  'eyJabcdefghijk.',
  'syt_aa_bbbbbbbbbb_',
  'a://b:cccccc',
  '-----BEGIN A ',
  'sk-',
])('a megabyte of %j is gone through at once', (piece) => {
  const text = piece.repeat(1_000_000 / piece.length);
  const startedAtMs = performance.now();
  credentialIn(text);
  expect(performance.now() - startedAtMs).toBeLessThan(10_000);
});

test("the hirer's own token is held wherever it stands", () => {
  const hiring = { description, repoToken: new Secret('an-odd-token') };
  const result = { text: 'Pushed with an-odd-token to main.', summary: '', files: [], notes: [] };
  expect(judgeResult(result, hiring)).toEqual({
    kind: 'held',
    why: "the result seems to hold the hirer's repository token",
  });
});
