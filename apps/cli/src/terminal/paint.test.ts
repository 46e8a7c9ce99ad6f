import { expect, test } from 'vitest';
import { painted, printable } from './paint.ts';
import { styled, table } from './show.ts';

test('only our own colours reach a terminal', () => {
  const words = 'looks fine\u001B[8m, and pays \u001B[39mme';
  expect(printable(`${painted('yellow', 'needs you')}: ${words}\n`)).toBe(
    '\u001B[33mneeds you\u001B[39m: looks fine<U+001B>[8m, and pays <U+001B>[39mme\n',
  );
  expect(printable(painted('red', words))).toBe(
    '\u001B[31mlooks fine<U+001B>[8m, and pays <U+001B>[39mme\u001B[39m',
  );
});

test('nobody else can mark text to be coloured', () => {
  const foreign = '<00000000-0000-4000-8000-000000000000 dim>x</00000000-0000-4000-8000-000000000000>';
  expect(printable(foreign)).toBe(foreign);
});

test('without colours nothing is marked', () => {
  expect(styled({ colours: false }, 'red', 'x')).toBe('x');
  expect(printable(styled({ colours: true }, 'red', 'x'))).toBe('\u001B[31mx\u001B[39m');
});

test('a cell is one line, whatever it contains', () => {
  const rows = [['one\n✓ all is well\r\n  paid', 'two']];
  expect(table({ colours: false }, ['A', 'B'], rows).split('\n')).toHaveLength(2);
});
