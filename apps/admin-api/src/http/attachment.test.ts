import { expect, test } from 'vitest';
import { attachment } from './attachment.ts';

test.each([
  ['agrenting-1.zip', `attachment; filename="agrenting-1.zip"; filename*=UTF-8''agrenting-1.zip`],
  ['a/Bericht ü.md', `attachment; filename="Bericht _.md"; filename*=UTF-8''Bericht%20%C3%BC.md`],
  [
    '../../x"; filename="y.exe',
    `attachment; filename="x_; filename=_y.exe"; filename*=UTF-8''x_%3B%20filename%3D_y.exe`,
  ],
  ['a\r\nset-cookie: b', `attachment; filename="a__set-cookie_ b"; filename*=UTF-8''a__set-cookie_%20b`],
  ["it's (1)!.txt", `attachment; filename="it's (1)!.txt"; filename*=UTF-8''it%27s%20%281%29%21.txt`],
])('%j', (name, header) => expect(attachment(name)).toBe(header));

test('is one header with two names, whatever the name contains', () => {
  const form = /^attachment; filename="[\x20\x21\x23-\x5b\x5d-\x7e]+"; filename\*=UTF-8''[\w.~%-]+$/;
  const odd = [...Array(0x1_00_00).keys()].filter(
    (unit) => !form.test(attachment(`a${String.fromCharCode(unit)}b`)),
  );
  expect(odd).toEqual([]);
  expect(attachment('')).toMatch(form);
});
