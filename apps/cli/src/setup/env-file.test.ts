import { expect, test } from 'vitest';
import { parseEnvFile } from './env-file.ts';

test.for<readonly [string, string]>([
  ['HICLAW_ADMIN_PASSWORD=Passw0rd#1', 'Passw0rd#1'],
  ['HICLAW_ADMIN_PASSWORD=Passw0rd #1', 'Passw0rd #1'],
  ['HICLAW_ADMIN_PASSWORD=#1', '#1'],
  ['HICLAW_ADMIN_PASSWORD="quoted"', '"quoted"'],
  ["HICLAW_ADMIN_PASSWORD='quoted'", "'quoted'"],
  ['HICLAW_ADMIN_PASSWORD=`quoted`', '`quoted`'],
  ['HICLAW_ADMIN_PASSWORD= spaced ', ' spaced '],
  ['HICLAW_ADMIN_PASSWORD=a=b==', 'a=b=='],
  ['HICLAW_ADMIN_PASSWORD=a$b${c}\\n', 'a$b${c}\\n'],
  ['HICLAW_ADMIN_PASSWORD=', ''],
  ['  HICLAW_ADMIN_PASSWORD=indented', 'indented'],
  ['\uFEFFHICLAW_ADMIN_PASSWORD=marked', 'marked'],
  ['HICLAW_ADMIN_PASSWORD=windows\r\nOTHER=1\r\n', 'windows'],
  ['HICLAW_ADMIN_PASSWORD=first\nHICLAW_ADMIN_PASSWORD=last', 'last'],
])('%o gives what stands behind the "=", to the letter', ([text, value]) => {
  expect(parseEnvFile(text)['HICLAW_ADMIN_PASSWORD']).toBe(value);
});

test('comments, empty lines, names without a value and what is no name are left out', () => {
  const text =
    '# NAME=comment\n\n  # INDENTED=comment\nPASSED_ON\nexport SHELL_FORM=1\nA B=1\n=1\n1A=1\nKEPT=1\n';
  expect(parseEnvFile(text)).toEqual({ KEPT: '1' });
});
