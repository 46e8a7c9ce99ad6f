import { expect, test } from 'vitest';
import { parseCommand } from './usage.ts';

test.each([
  { typed: [], command: { kind: 'run' } },
  { typed: ['--once'], command: { kind: 'once', json: false } },
  { typed: ['--once', '--json'], command: { kind: 'once', json: true } },
  { typed: ['--rebuild'], command: { kind: 'rebuild', json: false } },
  { typed: ['--backup', 'copy.sqlite'], command: { kind: 'backup', file: 'copy.sqlite' } },
  { typed: ['--restore', 'copy.sqlite'], command: { kind: 'restore', file: 'copy.sqlite' } },
  { typed: ['-h', '--once'], command: { kind: 'help' } },
])('$typed is $command.kind', ({ typed, command }) => {
  expect(parseCommand(typed)).toEqual(command);
});

test.each([
  { typed: ['--twice'], problem: "Unknown option '--twice'" },
  { typed: ['now'], problem: 'Unexpected argument' },
  { typed: ['--backup'], problem: "'--backup <value>' argument missing" },
  { typed: ['--once', '--rebuild'], problem: 'Only one command can be given at a time.' },
  { typed: ['--json'], problem: '--json goes with --once or --rebuild.' },
])('$typed is wrong: $problem', ({ typed, problem }) => {
  expect(parseCommand(typed)).toMatchObject({ kind: 'wrong', problem: expect.stringContaining(problem) });
});
