import { expect, test } from 'vitest';
import { settlementRequest } from './settlement.ts';

test('a result goes as the output object that readers of the marketplace look for, byte for byte', () => {
  const files = [{ name: 'haiku.md', sizeBytes: 70 }];
  expect(
    settlementRequest({
      kind: 'result',
      result: { text: 'Grey waves', summary: 'A haiku', files, notes: [] },
    }),
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
  const result = { text: 'a\ud83c', summary: '\udf0a', files: [], notes: [] };
  expect(settlementRequest({ kind: 'result', result }).body).not.toMatch(/\\ud/);
});

test('names what was uploaded and pushed, and says in the text where', () => {
  const result = {
    text: 'Mended.',
    summary: 'Mended',
    files: [{ name: 'change.patch', sizeBytes: 9 }],
    notes: [],
  };
  const pushed = { branch: 'agrenting/x', commits: ['c0ffee'], filesChanged: ['src/a.ts'] };
  const { body } = settlementRequest({ kind: 'result', result, artifacts: ['7'], pushed });
  expect(JSON.parse(body)).toEqual({
    output: {
      text: 'Mended.\n\nPushed to branch agrenting/x:\n- c0ffee',
      summary: 'Mended',
      files_changed: ['src/a.ts'],
      artifacts: ['7'],
      branch: 'agrenting/x',
      commits: ['c0ffee'],
    },
  });
});

test('a delivery of files alone says which', () => {
  const result = { text: '', summary: '', files: [{ name: 'plan.png', sizeBytes: 9 }], notes: [] };
  const { body } = settlementRequest({ kind: 'result', result });
  expect(JSON.parse(body)).toMatchObject({ output: { text: 'Delivered: plan.png' } });
});
