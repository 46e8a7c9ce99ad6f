import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { turboArguments } from './turbo-arguments.ts';

const rootFolder = join(import.meta.dirname, '..', '..', '..');
const everything = ['run', 'dev', 'dev:marketplace', 'dev:hiclaw'];

describe('development', () => {
  test('starts everything', () => {
    expect(turboArguments([], rootFolder)).toEqual(everything);
  });

  test.each([[['--filter', 'mcp-client']], [['--filter=mcp-client']]])(
    'starts one app alone with %j',
    (filter) => {
      expect(turboArguments(filter, rootFolder)).toEqual([...everything, '--filter=./apps/mcp-client']);
    },
  );

  test('starts several that are named', () => {
    expect(turboArguments(['--filter', 'mcp-client', '--filter', 'sandbox'], rootFolder)).toEqual([
      ...everything,
      '--filter=./apps/mcp-client',
      '--filter=./tooling/sandbox',
    ]);
  });

  test('passes on what it does not know', () => {
    expect(turboArguments(['--filter', '@agrenting-hiclaw/core', '--dry'], rootFolder)).toEqual([
      ...everything,
      '--filter=@agrenting-hiclaw/core',
      '--dry',
    ]);
  });
});
