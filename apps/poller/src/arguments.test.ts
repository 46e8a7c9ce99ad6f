import { expect, test } from 'vitest';
import { parseCommand } from './arguments.ts';

test.each([
  { typed: [], command: { kind: 'run' } },
  { typed: ['--once'], command: { kind: 'once', json: false } },
  { typed: ['--once', '--json'], command: { kind: 'once', json: true } },
  { typed: ['-h', '--once'], command: { kind: 'help' } },
])('$typed is $command.kind', ({ typed, command }) => {
  expect(parseCommand(typed)).toEqual(command);
});

test.each([
  { typed: ['--twice'], problem: "Unknown option '--twice'" },
  { typed: ['now'], problem: 'Unexpected argument' },
  { typed: ['--once=yes'], problem: "'--once' does not take an argument" },
  { typed: ['--json'], problem: '--json goes with --once.' },
])('$typed is wrong: $problem', ({ typed, problem }) => {
  expect(parseCommand(typed)).toMatchObject({ kind: 'wrong', problem: expect.stringContaining(problem) });
});
