import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEY } from '../../../test/fixtures.ts';
import { EncryptionKey } from './encryption-key.ts';

const HEX = '00ff'.repeat(16);
const BASE64 = Buffer.from(HEX, 'hex').toString('base64');

describe('a key as text', () => {
  test.each([
    ['hex', HEX],
    ['hex in capitals', HEX.toUpperCase()],
    ['base64', BASE64],
    ['base64 without its end', BASE64.replace('=', '')],
    ['base64 for addresses', Buffer.from(HEX, 'hex').toString('base64url')],
    ['with a line end', `${BASE64}\n`],
  ])('is taken as %s', (_, text) => {
    const sealed = EncryptionKey.fromText(HEX).seal('secret', 'row');
    expect(EncryptionKey.fromText(text).unseal(sealed, 'row')).toBe('secret');
  });

  test.each([
    ['nothing', ''],
    ['too short', HEX.slice(2)],
    ['too long', `${HEX}00`],
    ['16 bytes', Buffer.alloc(16, 7).toString('base64')],
    ['no encoding', `${BASE64.slice(0, -2)}!=`],
  ])('is refused when it is %s, without being repeated', (_, text) => {
    expect(() => EncryptionKey.fromText(text)).toThrow(
      expect.objectContaining({
        kind: 'key',
        message:
          'The encryption key is not 32 bytes as base64 or hex. Create one with: openssl rand -base64 32',
      }),
    );
  });
});

describe('sealing', () => {
  test('gives every text back, and never the same bytes twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, identity) => {
        const once = KEY.seal(text, identity);
        const twice = KEY.seal(text, identity);
        expect(KEY.unseal(once, identity)).toBe(text);
        expect(once.equals(twice)).toBe(false);
      }),
    );
  });

  test('has a fixed form: format, key id, nonce, ciphertext, tag', () => {
    const sealed = KEY.seal('secret', 'row');
    expect(sealed).toHaveLength(1 + 1 + 12 + 'secret'.length + 16);
    expect(sealed[0]).toBe(1);
    expect(sealed[1]).toBe(KEY.seal('other', 'other row')[1]);
  });

  test('is bound to its row and to every one of its bytes', () => {
    const sealed = KEY.seal('secret', 'row 1');
    expect(() => KEY.unseal(sealed, 'row 2')).toThrow(expect.objectContaining({ kind: 'corrupt' }));
    for (const index of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => KEY.unseal(changed, 'row 1')).toThrow(expect.objectContaining({ name: 'StoreError' }));
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => KEY.unseal(sealed.subarray(0, length), 'row 1')).toThrow(
        expect.objectContaining({ kind: 'corrupt' }),
      );
    }
  });

  test('tells another key from a damaged value', () => {
    const sealed = KEY.seal('secret', 'row');
    const other = EncryptionKey.fromText('22'.repeat(32));
    expect(() => other.unseal(sealed, 'row')).toThrow(expect.objectContaining({ kind: 'wrong_key' }));
  });
});

test('a fingerprint tells where one part ends and the next begins, and differs by key', () => {
  expect(KEY.fingerprint(['a', 'b'])).toEqual(KEY.fingerprint(['a', 'b']));
  expect(KEY.fingerprint(['ab', ''])).not.toEqual(KEY.fingerprint(['a', 'b']));
  expect(EncryptionKey.fromText(HEX).fingerprint(['a'])).not.toEqual(KEY.fingerprint(['a']));
});

test('a key prints as nothing', () => {
  const key = EncryptionKey.fromText(HEX);
  expect(
    `${String(key)} ${JSON.stringify({ key })} ${inspect({ key }, { depth: 9, showHidden: true })}`,
  ).toBe('[redacted] {"key":"[redacted]"} { key: [redacted] }');
});
