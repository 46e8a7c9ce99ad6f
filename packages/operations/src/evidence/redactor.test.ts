import { Secret } from '@agrenting-hiclaw/core/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestTurnMs } from '../../../core/src/domain/testing/longest-turn.ts';
import { createRedactor, type Redactor } from './redactor.ts';

const SECRET = 'canary/"secret"+ümlaut=17';
/** The pieces together. */
async function wholeOf(
  by: Redactor,
  given: Buffer,
): Promise<{ readonly bytes: Buffer; readonly count: number }> {
  const { pieces, count } = await by.pieces(given);
  return { bytes: Buffer.concat(pieces), count };
}

const redactor = createRedactor([new Secret(SECRET), new Secret('abc'), new Secret(`${SECRET}-longer`)]);

test.each([
  ['as it is', SECRET, '[redacted]'],
  ['in JSON', JSON.stringify({ key: SECRET }), '{"key":"[redacted]"}'],
  ['in an address', `?key=${encodeURIComponent(SECRET)}&`, '?key=[redacted]&'],
  ['as the longest that fits', `${SECRET}-longer`, '[redacted]'],
  ['several times', `${SECRET} ${SECRET}`, '[redacted] [redacted]'],
  ['a token of a repository', 'use ghp_0123456789abcdefghij here', 'use [redacted] here'],
  ['a password of an address', 'https://me:hunter2@example.com/x', 'https://[redacted]@example.com/x'],
  ['what is too short to be one', 'the abc of it', 'the abc of it'],
])('%s', async (_what, given, wanted) => {
  expect(redactor.text(given)).toBe(wanted);
  expect((await wholeOf(redactor, Buffer.from(given))).bytes.toString()).toBe(wanted);
});

test('wherever it begins in what was encoded', () => {
  for (const before of ['', 'u', 'us', 'use', 'user:']) {
    for (const encoding of ['base64', 'base64url'] as const) {
      const text = Buffer.from(`${before}${SECRET}:x`).toString(encoding);
      const left = Buffer.from(redactor.text(text).replace('[redacted]', ''), encoding).toString('latin1');
      expect(redactor.text(text)).toContain('[redacted]');
      expect(left).not.toContain('canary');
    }
  }
});

test('a key of 32 bytes in its other spelling', () => {
  const key = Buffer.alloc(32, 0xa7);
  const keys = createRedactor([new Secret(key.toString('base64'))]);
  expect(keys.text(`a ${key.toString('hex')} b`)).toBe('a [redacted] b');
});

test('leaves every other byte alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }),
      async (before, after) => {
        const keeper = createRedactor([new Secret(SECRET)]);
        const [head, tail] = [Buffer.from(before), Buffer.from(after)];
        const { bytes, count } = await wholeOf(keeper, Buffer.concat([head, Buffer.from(SECRET), tail]));
        expect(count).toBeGreaterThan(0);
        expect(bytes.subarray(0, head.length).equals(head)).toBe(true);
        expect(bytes.subarray(bytes.length - tail.length).equals(tail)).toBe(true);
        expect(await wholeOf(keeper, head)).toEqual({ bytes: head, count: 0 });
      },
    ),
  );
});

const WINDOW_BYTES = 64 * 1024;
/** Each with a word that stands nowhere else. */
const piece = fc.constantFrom(
  SECRET,
  `${SECRET}-longer`,
  encodeURIComponent(SECRET),
  Buffer.from(SECRET).toString('base64'),
  ' ghp_0123456789abcdefghij ',
  'https://me:hunter2hunter2@example.com/x',
  '://a:b@',
  'x'.repeat(300),
  '"',
  ' ',
);
const WORDS = /canary|Y2FuYXJ5|ghp_|hunter2/;

test('leaves nothing of a secret, also where it lies across the end of what is looked at at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: WINDOW_BYTES - 1_200, max: WINDOW_BYTES + 100 }),
      fc.array(piece, { minLength: 1, maxLength: 20 }),
      fc.constantFrom('.', 'x', ' '),
      async (place, pieces, filling) => {
        const text = `${filling.repeat(place)} ${pieces.join('')} ${filling.repeat(WINDOW_BYTES)}`;
        const { bytes } = await wholeOf(redactor, Buffer.from(text));
        expect(WORDS.exec(bytes.toString())).toBeNull();
        expect(bytes.toString().startsWith(filling.repeat(place))).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test('holds the event loop for less than 100 ms, whatever is in a file and with 100 secrets', async () => {
  const secrets = Array.from({ length: 100 }, (_, index) => `canary/${index}/${'s'.repeat(200)}`);
  const by = createRedactor(secrets.map((secret) => new Secret(secret)));
  const contents = [
    'a'.repeat(4_000_000),
    (secrets[0] ?? '').repeat(20_000),
    (secrets[99] ?? '').repeat(20_000),
    'https://u:p@'.repeat(350_000),
    '://a:'.repeat(800_000),
    `ghp_${'a'.repeat(20)} `.repeat(160_000),
    'ghp_'.repeat(1_000_000),
  ];
  for (const content of contents) {
    const given = Buffer.from(content);
    const turnMs = await longestTurnMs(async () => await by.pieces(given), 100);
    expect([content.slice(0, 20), turnMs < 100 ? 'soon' : turnMs]).toEqual([content.slice(0, 20), 'soon']);
  }
}, 120_000);
