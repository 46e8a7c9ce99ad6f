import { expect, test } from 'vitest';
import { outsideQuotes } from '../testing/canary.ts';
import { RESULT_DOUBTS, unclearResultSchema, type UnclearResult } from './unclear-result.ts';
import { unclearText } from './unclear-texts.ts';

const said = 'canary" said\n<b>';
const SAMPLES: { readonly [Code in UnclearResult['code']]: Extract<UnclearResult, { code: Code }> } = {
  too_many_objects: { code: 'too_many_objects' },
  named_result_missing: { code: 'named_result_missing' },
  no_result: { code: 'no_result' },
  answer_too_large: { code: 'answer_too_large', name: said, maxBytes: 2_000 },
  answer_not_text: { code: 'answer_not_text', name: said },
  doubtful_answer: { code: 'doubtful_answer', doubt: 'bare_word' },
  contradicting_status: { code: 'contradicting_status', status: said },
  question_missing: { code: 'question_missing' },
  partial: { code: 'partial', summary: said },
  needs_revision: { code: 'needs_revision', summary: said },
  unknown_status: { code: 'unknown_status', status: said },
  deliverable_missing: { code: 'deliverable_missing', name: said },
  too_many_files: { code: 'too_many_files', leftOut: 2, maxFiles: 500 },
};

const ALL = [
  ...Object.values(SAMPLES),
  ...RESULT_DOUBTS.map((doubt) => ({ code: 'doubtful_answer', doubt }) as const),
];

test.each(ALL)('an unclear result says why on one line, and quotes its worker: %j', (unclear) => {
  expect(unclearResultSchema.parse(JSON.parse(JSON.stringify(unclear)))).toEqual(unclear);
  const text = unclearText(unclear);
  expect(text).toMatch(/^[^\n]{10,}[^.\n]$/);
  expect(outsideQuotes(text)).not.toContain('canary');
});
