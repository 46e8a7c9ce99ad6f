import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TopLevelText } from './top-level-text.ts';

function findIn(text: string, pieceBytes: number): string | undefined {
  const bytes = Buffer.from(text);
  const scanner = new TopLevelText('next_batch');
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    scanner.read(bytes.subarray(start, start + pieceBytes));
  }
  return scanner.found;
}

it('finds what parsing the whole finds, however it is cut up', () => {
  const stepMiddleware = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('rooms', '"', '\\', 'next_batch\\')),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(
      stepMiddleware,
      fc.string({ unit: 'binary' }),
      stepMiddleware,
      fc.nat(7),
      (before, position, after, cut) => {
        const text = `{"x":${JSON.stringify(before)},"next_batch":${JSON.stringify(position)},"y":${JSON.stringify(after)}}`;
        expect(findIn(text, cut + 1)).toBe(position);
      },
    ),
  );
});

it.each([
  ['deeper', '{"rooms":{"next_batch":"of a stranger"},"next_batch":"ours"}', 'ours'],
  ['in a text', '{"a":"\\",\\"next_batch\\":\\"of a stranger","next_batch":"ours"}', 'ours'],
  ['in a list', '{"a":["next_batch","x"],"next_batch":"ours"}', 'ours'],
  ['as a value', '{"a":"next_batch","b":"x"}', undefined],
  ['as something else than a text', '{"next_batch":7,"a":"x"}', undefined],
  ['nowhere', '[]', undefined],
])('takes nothing for it that stands %s', (_where, text, found) => {
  expect(findIn(text, 3)).toBe(found);
});
