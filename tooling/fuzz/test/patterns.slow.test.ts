import { describe, expect, test } from 'vitest';
import { allPatterns, patternsOf } from '../src/find-patterns.ts';
import { pumpsOf, textsOf } from '../src/pumps.ts';
import { usedMs } from '../../../packages/core/src/domain/testing/longest-turn.ts';

const patterns = allPatterns();
const isLong = process.env['TEST_FUZZ_LONG'] !== undefined;

test('patterns are found', () => {
  expect(patterns.length).toBeGreaterThan(300);
});

test('every pattern of the packages and apps is bounded, or says why it need not be', () => {
  const open = patterns
    .filter(({ unbounded, allowed }) => unbounded.length > 0 && allowed === undefined)
    .map(({ file, line, unbounded }) => `${file}:${line} repeats without a bound: ${unbounded.join(' ')}`);
  expect(open, 'give each an upper bound, or a comment `// bounded: <why>` on its line').toEqual([]);
});

describe('the rule', () => {
  const unbounded = (text: string) => patternsOf('a.ts', text).filter((each) => each.unbounded.length > 0);

  test.each([
    ['two runs', String.raw`const a = /\w+ \w+/;`],
    ['a run at the end of what begins anywhere', 'const a = /-+$/;'],
    ['a minimum alone', String.raw`const a = /\w{24,}/g;`],
    ['a run inside a run', 'const a = /^(?:a+)+$/;'],
    ['a run of what may be pairs of surrogates', String.raw`const a = /\p{C}+/gu;`],
    ['a run from each beginning of a line', 'const a = /^a*b/m;'],
    ['an argument', 'text.replace(/a+b/g, "");'],
    ['a pattern that is put together', 'const a = new RegExp(`${b}+`);'],
    ['a pattern that is put together without new', 'const a = RegExp(b);'],
    ['a schema', 'z.string().regex(/^@[^:]+:.+$/);'],
    ['an element of a page', 'const a = <b c={/x+y/.test(d)} />;'],
  ])('finds %s', (_, text) =>
    expect(patternsOf('a.tsx', text).flatMap((each) => each.unbounded)).not.toEqual([]),
  );

  test.each([
    ['one class', String.raw`const a = /\s+/g;`],
    ['one run from the beginning', String.raw`const a = /^\d+ of x/;`],
    ['bounds', String.raw`const a = /\w{1,20} \w{1,20}/;`],
    ['what is in a text', 'const a = "/a+b+/";'],
    ['a division', 'const a = b / c / d;'],
  ])('leaves %s alone', (_, text) => expect(unbounded(text)).toEqual([]));

  test.each([
    ['on its line', 'const a = /a+b/; // bounded: lines of 80 characters'],
    ['before it', '// bounded: lines of 80 characters\nconst a = /a+b/;'],
  ])('is answered by a reason %s', (_, text) =>
    expect(patternsOf('a.ts', text)[0]?.allowed).toBe('lines of 80 characters'),
  );

  test('is not answered by nothing', () => {
    expect(patternsOf('a.ts', 'const a = /a+b/; // bounded:')[0]?.allowed).toBeUndefined();
  });
});

/** A step for each pair of characters would take seconds. */
const CHARACTERS = isLong ? 400_000 : 15_000;
/** Five times what the slowest takes where nothing else runs: beside other work a thread gets less done in its time. */
const MAX_MS = CHARACTERS / 150;

const literals = [
  ...new Map(
    patterns.flatMap(({ file, line, pattern, flags }) =>
      pattern === undefined
        ? []
        : [[`/${pattern}/${flags}`, { place: `${file}:${line}`, pattern, flags }] as const],
    ),
  ).values(),
];

test.each(literals)('$place: no text costs it more than in proportion', ({ pattern, flags }) => {
  const all = new RegExp(pattern, `${flags.replaceAll(/[gy]/g, '')}g`);
  for (const pump of pumpsOf(pattern, flags)) {
    for (const text of textsOf(pump, CHARACTERS)) {
      const tookMs = leastMs(() => text.replace(all, ''));
      expect({ pump, isSlow: tookMs > MAX_MS }).toEqual({ pump, isSlow: false });
    }
  }
});

/** Of three times, if the first takes long: the machine does other things, too. */
function leastMs(work: () => unknown): number {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let tried = 0; tried < 3 && leastMs > MAX_MS / 2; tried += 1) {
    const before = usedMs();
    work();
    leastMs = Math.min(leastMs, usedMs() - before);
  }
  return leastMs;
}

test.each(literals.filter(({ pattern }) => isLong || /[+*]|,\}/.test(pattern)))(
  '$place: no long text fills its stack',
  ({ pattern, flags }) => {
    const all = new RegExp(pattern, `${flags.replaceAll(/[gy]/g, '')}g`);
    for (const pump of pumpsOf(pattern, flags).slice(0, isLong ? 24 : 2)) {
      const text = pump.repeat(Math.ceil((isLong ? 64_000_000 : 1_000_000) / pump.length));
      expect(() => all.exec(text)).not.toThrow();
    }
  },
);
