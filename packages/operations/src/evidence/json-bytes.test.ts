import { Secret } from '@agrenting-hiclaw/core/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBytes } from './json-bytes.ts';

const asUsual = (document: unknown): string => `${JSON.stringify(document, undefined, 2)}\n`;

test('is what JSON.stringify makes', async () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constant(undefined),
    fc.constant(null),
  );
  const document = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('any')), fc.dictionary(fc.string(), tie('any'))),
  })).any;
  await fc.assert(
    fc.asyncProperty(document, async (value) => {
      fc.pre(value !== undefined);
      expect((await jsonBytes(value)).toString()).toBe(Buffer.from(asUsual(value)).toString());
    }),
  );
});

test('shows no secret, and the same of long lists', async () => {
  const document = { token: new Secret('canary'), list: Array.from({ length: 50_000 }, (_, at) => ({ at })) };
  expect((await jsonBytes(document)).toString()).toBe(asUsual(document));
});
