import { win32, posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveredNames, deliveredNamesOf } from './delivered-name.ts';

const nameOf = (name: string): string | undefined => deliveredNames([name])[0];

describe('a name that a worker chose leaves us fit for every system', () => {
  test.each([
    // What is fit stays.
    ['report.md', 'report.md'],
    ['src/main/App.tsx', 'src/main/App.tsx'],
    ['.gitignore', '.gitignore'],
    ['.github/CODEOWNERS', '.github/CODEOWNERS'],
    ["Grüße & Küsse (2), 100 % d'accord.txt", "Grüße & Küsse (2), 100 % d'accord.txt"],
    ['日本語/レポート.md', '日本語/レポート.md'],
    ['a..b.txt', 'a..b.txt'],
    // Ways up and elsewhere.
    ['../../x', 'x'],
    ['a/../../x', 'a/x'],
    ['./a/./b', 'a/b'],
    ['/etc/passwd', 'etc/passwd'],
    ['//host/share/x', 'host/share/x'],
    ['..\\..\\x', 'x'],
    ['C:\\Windows\\x.dll', 'C_/Windows/x.dll'],
    ['c:x', 'c_x'],
    ['\\\\?\\C:\\x', '_/C_/x'],
    ['a/... /b', 'a/b'],
    ['~root/.ssh/authorized_keys', '_~root/.ssh/authorized_keys'],
    ['%2e%2e%2fx', '_2e_2e_2fx'],
    ['..%5cx', '.._5cx'],
    ['\uff0e\uff0e\uff0fx', '___x'],
    ['\u2025\u2215x', '_\u2215x'],
    // What hides or reorders.
    ['a\u202Efdp.exe', 'afdp.exe'],
    ['a\u200bb\ufeffc\u2060.txt', 'abc.txt'],
    ['a\u{e0041}\u{e0100}b', 'ab'],
    ['a\u2028b\u0085c', 'a_b_c'],
    ['a\u001b[8mb', 'a_[8mb'],
    ['a\nb\r\nc\0d', 'a_b__c_d'],
    ['a\u00a0b\u3000c', 'a b c'],
    ['\ud800x', '_x'],
    ['a\u3164b', 'ab'],
    // What Windows does not take, or takes for a device.
    ['CON', '_CON'],
    ['aux.txt', '_aux.txt'],
    ['nul .txt', '_nul .txt'],
    ['LPT1.tar.gz', '_LPT1.tar.gz'],
    ['com\u00b9', '_com\u00b9'],
    ['CONIN$', '_CONIN$'],
    ['a/prn/b', 'a/_prn/b'],
    ['console.log', 'console.log'],
    ['a<b>c:d"e|f?g*h', 'a_b_c_d_e_f_g_h'],
    ['trailing. . ', 'trailing'],
    ['  leading', 'leading'],
    ['folder. /file. ', 'folder/file'],
    // What a program takes for something of its own.
    ['.git/hooks/post-checkout', '_.git/hooks/post-checkout'],
    ['GIT~1/config', '_GIT~1/config'],
    ['.g\u200cit/config', '_.git/config'],
    ['-rf', '_-rf'],
    ['`id`.txt', '_id_.txt'],
    // Nothing is left, or too much is there.
    ['', 'file'],
    ['..', 'file'],
    ['///', 'file'],
    ['\u200b', 'file'],
    [`${'x'.repeat(300)}.md`, `${'x'.repeat(91)}.md`],
    [`${'ü'.repeat(300)}.md`, `${'ü'.repeat(45)}.md`],
    [`${'folder/'.repeat(60)}x.md`, `${'folder/'.repeat(24)}x.md`],
  ])('%j as %j', (name, clean) => expect(nameOf(name)).toBe(clean));
});

describe('names that become the same are told apart', () => {
  test.each([
    ['by cleaning', ['x', '../x', '/x', 'x\u200b'], ['x', 'x~2', 'x~3', 'x~4']],
    ['and the fit one keeps its own, wherever it stands', ['../x.md', 'x.md'], ['x~2.md', 'x.md']],
    ['in another case', ['README.md', 'readme.md'], ['README.md', 'readme~2.md']],
    ['in another spelling of the same letters', ['caf\u00e9', 'cafe\u0301'], ['café', 'café~2']],
    ['in letters that only look different', ['\ufb01x', 'fix'], ['\ufb01x', 'fix~2']],
    ['as file and folder', ['a', 'a/b'], ['a~2', 'a/b']],
    ['as file and folder in another case', ['A', 'a/b'], ['A~2', 'a/b']],
    ['with a number that is taken', ['x~2', 'x', '../x'], ['x~2', 'x', 'x~3']],
    ['twice the same', ['x', 'x'], ['x', 'x~2']],
    ['without any', ['', '', '..'], ['file', 'file~2', 'file~3']],
    ['by being cut', ['y'.repeat(300), 'y'.repeat(301)], ['y'.repeat(94), `${'y'.repeat(94)}~2`]],
  ])('%s', (_what, names, clean) => expect(deliveredNames(names)).toEqual(clean));

  test('by the name in storage', () => {
    expect(deliveredNamesOf([{ name: '../a' }, { name: 'a' }])).toEqual(
      new Map([
        ['../a', 'a~2'],
        ['a', 'a'],
      ]),
    );
  });
});

/** Pieces that names are made hostile of, among those of ordinary ones. */
const piece = fc.oneof(
  fc.constantFrom('/', '\\', '.', '..', ' ', '~', '-', ':', '%2f', '\u202e', '\u200d', '\0', '\n', '\u001b'),
  fc.constantFrom(
    'con',
    'AUX',
    'nul',
    'com1',
    '.git',
    'git~1',
    '.txt',
    'a',
    'A',
    'é',
    'e\u0301',
    '\uff0f',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
);
const anyName = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
const fewNames = fc.array(anyName, { maxLength: 12 });

test('whatever the names: each is a file of its own below the place where it is put, on any system', () => {
  fc.assert(
    fc.property(fewNames, (names) => {
      const clean = deliveredNames(names);
      expect(clean).toHaveLength(names.length);
      const keys = clean.map((name) => name.normalize('NFKC').toLowerCase());
      expect(new Set(keys).size).toBe(names.length);
      for (const [index, name] of clean.entries()) {
        expect(posix.resolve('/place', name)).toBe(`/place/${name}`);
        expect(win32.resolve('C:\\place', name).replaceAll('\\', '/')).toBe(`C:/place/${name}`);
        expect(name.normalize('NFC')).toBe(name);
        expect(name).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\\<>:"|?*`]|\p{Default_Ignorable_Code_Point}/u,
        );
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(180);
        for (const step of name.split('/')) {
          expect(step).not.toMatch(/^$|^\.{1,2}$|^[ ~-]|[. ]$/);
          expect(step).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)\s*(?:\.|$)/i);
          expect(step).not.toMatch(/^\.git$/i);
          expect(Buffer.byteLength(step)).toBeLessThanOrEqual(100);
        }
        // No file is a folder of another.
        expect(keys.some((other) => other.startsWith(`${keys[index] ?? ''}/`))).toBe(false);
      }
      // What is fit stays; a long name has lost its number's place to the number.
      const short = clean.filter((name) => Buffer.byteLength(name) <= 94);
      expect(deliveredNames(short)).toEqual(short);
    }),
    { numRuns: 3_000 },
  );
});

test('long and many names are cleaned at once', () => {
  const before = performance.now();
  for (const unit of ['.', ' ', '../', 'a', '\u202e', '%2f', 'con.', '\uff0f']) nameOf(unit.repeat(100_000));
  deliveredNames(Array.from({ length: 5_000 }, () => '../x'));
  expect(performance.now() - before).toBeLessThan(2_000);
});
