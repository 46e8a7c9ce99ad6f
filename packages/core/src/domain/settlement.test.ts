import { expect, test } from 'vitest';
import { settlementRequest } from './settlement.ts';

test('a result goes as the output object that readers of the marketplace look for, byte for byte', () => {
  const files = [{ name: 'haiku.md', sizeBytes: 70 }];
  expect(
    settlementRequest({ kind: 'result', result: { text: 'Grey waves', summary: 'A haiku', files } }),
  ).toEqual({
    endpoint: 'result',
    body: '{"output":{"text":"Grey waves","summary":"A haiku","files_changed":["haiku.md"]}}',
  });
});

test('a failure goes with its reason, cut between characters', () => {
  const text = `${'x'.repeat(499)}🌊 and more`;
  expect(settlementRequest({ kind: 'failure', failure: { reason: 'timeout', text } })).toEqual({
    endpoint: 'failure',
    body: `{"error":"${'x'.repeat(499)}🌊","reason":"timeout"}`,
  });
});

test('half a character from a worker does not make JSON that others refuse', () => {
  const result = { text: 'a\ud83c', summary: '\udf0a', files: [] };
  expect(settlementRequest({ kind: 'result', result }).body).not.toMatch(/\\ud/);
});
