import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CheckedFile, CheckedResult, PushedChange } from './result.ts';
import { snapshotSha256, type Settled } from './snapshot.ts';

const FILE: CheckedFile = { name: 'a.txt', sizeBytes: 1, sha256: 'aa', type: 'text' };
const OTHER: CheckedFile = { ...FILE, name: 'b.txt' };
const RESULT: CheckedResult = { text: 't', summary: 's', notes: ['n'], files: [FILE, OTHER] };
const PUSHED = { branch: 'b', commits: ['c1', 'c2'], filesChanged: ['f'] };
const resultOf = (changes: Partial<CheckedResult>, pushed?: PushedChange): Settled => ({
  kind: 'result',
  result: { ...RESULT, ...changes },
  pushed,
});

test.each<[string, Settled]>([
  ['the text', resultOf({ text: 't ' })],
  ['the same words in other bytes', resultOf({ text: '\u0074\u0301' })],
  ['the summary', resultOf({ summary: 'S' })],
  ['a note', resultOf({ notes: ['n', ''] })],
  ['what moves from text to summary', resultOf({ text: '', summary: 'ts' })],
  ['a file less', resultOf({ files: [FILE] })],
  ['the order of the files', resultOf({ files: [OTHER, FILE] })],
  ['the name of a file', resultOf({ files: [{ ...FILE, name: 'a.tx' }, OTHER] })],
  ['the bytes of a file', resultOf({ files: [{ ...FILE, sha256: 'ab' }, OTHER] })],
  ['the size of a file', resultOf({ files: [{ ...FILE, sizeBytes: 2 }, OTHER] })],
  ['what was pushed', resultOf({}, PUSHED)],
  ['another commit', resultOf({}, { ...PUSHED, commits: ['c1c2'] })],
  ['a failure', { kind: 'failure', failure: { reason: 'other', text: 't' } }],
  ['the reason of a failure', { kind: 'failure', failure: { reason: 'timeout', text: 't' } }],
])('%s makes another digest', (_what, settled) => {
  expect(snapshotSha256(settled)).not.toBe(snapshotSha256(resultOf({})));
});

test('the id of an upload and the type of a file make none: they are no part of what was judged', () => {
  const uploaded = { ...FILE, artifactId: 'artifact-1' };
  expect(snapshotSha256({ kind: 'result', result: { ...RESULT, files: [uploaded, OTHER] } })).toBe(
    snapshotSha256(resultOf({})),
  );
});

const text = fc.string({ unit: 'binary', maxLength: 8 });
const settled = fc.oneof(
  fc.record({
    kind: fc.constant('result' as const),
    result: fc.record({
      text,
      summary: text,
      notes: fc.array(text, { maxLength: 3 }),
      files: fc.array(
        fc.record({
          name: text,
          sizeBytes: fc.nat(20),
          sha256: text,
          type: fc.constant('text' as const),
        }),
        { maxLength: 3 },
      ),
    }),
  }),
  fc.record({
    kind: fc.constant('failure' as const),
    failure: fc.record({ reason: fc.constantFrom('other' as const, 'timeout' as const), text }),
  }),
);

test('two results have the same digest only if they are settled alike', () => {
  fc.assert(
    fc.property(settled, settled, (one, other) => {
      const alike = JSON.stringify(one) === JSON.stringify(other);
      expect(snapshotSha256(one) === snapshotSha256(other)).toBe(alike);
    }),
  );
});

test('parts that run together elsewhere do not here', () => {
  const cut = fc.tuple(text, fc.nat(8), fc.nat(8));
  fc.assert(
    fc.property(cut, ([whole, one, other]) => {
      const at = (index: number) =>
        resultOf({ text: whole.slice(0, index), summary: whole.slice(index), notes: [], files: [] });
      const alike = Math.min(one, whole.length) === Math.min(other, whole.length);
      expect(snapshotSha256(at(one)) === snapshotSha256(at(other))).toBe(alike);
    }),
  );
});

test('is pinned: what was approved before an update is what is settled after it', () => {
  expect(snapshotSha256(resultOf({}))).toMatchInlineSnapshot(
    `"f0043a48494dca2dfe7b9293a55d14de80262db04f2058d2946bf94a32651fcb"`,
  );
  expect(snapshotSha256({ kind: 'failure', failure: { reason: 'other', text: 't' } })).toMatchInlineSnapshot(
    `"65ebda153035bb1c04e7036d2093fb2f3827504aa7e10b121ce0175db3ddb735"`,
  );
});
