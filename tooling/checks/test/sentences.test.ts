import { describe, expect, test } from 'vitest';
import { readSentences, readSentencesIn } from '../src/sentences.ts';

test('nothing is decided by the wording of a sentence', () => {
  const found = readSentences().map(({ file, line, code }) => `${file}:${line} ${code.slice(0, 100)}`);
  expect(found, 'decide by a code; for a sentence of others: // theirs: <whose it is>').toEqual([]);
});

describe('the rule', () => {
  test.each([
    ['a comparison', `if (cause === 'the result did not pass review') stop();`],
    ['a comparison the other way round', `if ('no such worker' !== said) stop();`],
    ['a case', `switch (said) { case 'no such worker': stop(); }`],
    ['a beginning', `why.startsWith('the worker asks')`],
    ['an end', `outcome.what.endsWith('ENOENT')`],
    ['a part', `names.includes('is missing here')`],
    ['a pattern', `/^the result/.test(attention?.why)`],
    ['a pattern of a match', `problem.match(/disputed/)`],
    ['a pattern that takes apart', `/is (.*)/.exec(error.message)`],
    ['a part that is cut out', 'error.message.replace(remedy, "")'],
    ['a comparison with a template', 'if (cause === `no such ${what} here`) stop();'],
    ['one in other letters', `problem.toLowerCase().includes('refused')`],
    ['one that may be absent', `(outcome?.problem ?? '').startsWith('HTTP')`],
    ['a pattern of one that may be absent', `/refused/.test(outcome.problem ?? '')`],
    ['a list of sentences', `['no such worker', 'no such agent'].includes(said)`],
    ['a set of sentences', `KNOWN.has(error.message)`],
    ['a map of sentences', `REMEDIES.get(problem)`],
    ['a record of sentences', `REMEDIES[outcome.problem]`],
  ])('finds %s', (_, text) => expect(readSentencesIn('a.ts', text)).toHaveLength(1));

  test.each([
    ['a code', `if (reason.code === 'result_empty') stop();`],
    ['a text of others', `/^BLOCKED/.test(text)`],
    ['a code in a record', `REMEDIES[why]`],
    ['a sentence that is said', `throw new Error('no such worker')`],
    ['a sentence of others, by name', `// theirs: of git\n/not our ref/.test(problem)`],
  ])('leaves %s alone', (_, text) => expect(readSentencesIn('a.ts', text)).toEqual([]));

  test('is not answered by nothing', () => {
    expect(readSentencesIn('a.ts', '// theirs:\n/not our ref/.test(problem)')).toHaveLength(1);
  });
});
