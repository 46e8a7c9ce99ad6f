import { describe, expect, test } from 'vitest';
import { piecesOf, shortened, safeText } from './safe-text.ts';

describe('text from outside', () => {
  test('is left alone where everything in it is seen', () => {
    const text = 'Übersetze\tdas\nbitte: <img src=x onerror=alert(1)> 日本語 👩‍💻 مرحبا';
    expect(piecesOf(text)).toEqual([{ kind: 'plain', text }]);
  });

  test.each([
    ['a\u202Eb', 'a[U+202E]b'],
    ['\u2066x\u2069', '[U+2066]x[U+2069]'],
    ['a\u0000\u001B[31mb', 'a[U+0000][U+001B][31mb'],
    ['zero\u200Bwidth', 'zero[U+200B]width'],
    ['tag\u{E0041}', 'tag[U+E0041]'],
    ['lone\uD800', 'lone[U+D800]'],
    ['two\r\nlines', 'two\nlines'],
    ['back\rover', 'back[U+000D]over'],
  ])('%j shows what hides in it', (text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  test('names what it shows', () => {
    expect(piecesOf('\u202E')).toEqual([{ kind: 'hidden', code: 'U+202E', name: 'right-to-left override' }]);
  });

  test('of any length is handled at once', () => {
    const startedAtMs = performance.now();
    expect(piecesOf(`${'x'.repeat(100_000)}\u202E`.repeat(10))).toHaveLength(20);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});

describe('a shortened text', () => {
  test('says that there is more', () => expect(shortened('abcdef', 3)).toBe('abc…'));
  test('is not cut inside a character', () => expect(shortened('ab👩cd', 3)).toBe('ab…'));
  test('is the same where it is short enough', () => expect(shortened('abc', 3)).toBe('abc'));
});
