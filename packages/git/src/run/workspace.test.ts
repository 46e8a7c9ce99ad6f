import { Secret } from '@agrenting-hiclaw/core/domain';
import { describe, expect, test } from 'vitest';
import { quote } from './workspace.ts';

const token = new Secret('canary-token/+');
const directory = '/tmp/agrenting-git-1-abcdef';
const quoted = (complaint: string): string => quote(complaint, { token, directory });

describe('what git complained of', () => {
  test('is one line without advice and without the place of the directory', () => {
    expect(quoted(`hint: try this\nfatal: ${directory}/repository broke\r\nremote: sorry\n`)).toBe(
      'git says: "fatal: /repository broke remote: sorry"',
    );
  });

  test('holds the token in no spelling', () => {
    const value = token.reveal();
    const basic = Buffer.from(`x-access-token:${value}`).toString('base64');
    expect(quoted(`a ${value} b ${encodeURIComponent(value)} c ${basic}`)).toBe(
      'git says: "a [redacted] b [redacted] c [redacted]"',
    );
  });

  test('has no control characters and an end', () => {
    expect(quoted('\u001B[31mred\u0007\u202E\0')).toBe('git says: "[31mred"');
    expect(quoted('x'.repeat(10_000)).length).toBeLessThan(320);
  });

  test('is said to be nothing when it is', () => {
    expect(quoted('\n')).toBe('git gave no reason');
  });
});
