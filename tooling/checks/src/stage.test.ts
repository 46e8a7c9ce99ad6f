import { describe, expect, test } from 'vitest';
import { runStages, type Stage } from './stage.ts';

const never = new AbortController().signal;

function stage(name: string, ...scripts: readonly string[]): Stage {
  return { name, commands: scripts.map((script) => [process.execPath, '-e', script]) };
}

describe('stages', () => {
  test('all run even when one fails, and what a failed one printed is kept', async () => {
    const told: string[] = [];
    const outcomes = await runStages(
      [
        stage(
          'bad',
          'console.log("to standard output"); console.error("to standard error"); process.exitCode = 3',
        ),
        stage('good', 'console.log("unheard")'),
      ],
      1,
      never,
      (outcome) => told.push(outcome.name),
    );
    expect(outcomes).toMatchObject([
      { name: 'bad', passed: false },
      { name: 'good', passed: true, output: '' },
    ]);
    expect(outcomes[0]?.output).toContain('to standard output');
    expect(outcomes[0]?.output).toContain('to standard error');
    expect(told).toEqual(['bad', 'good']);
  });

  test('of several commands end with the first that fails', async () => {
    const outcomes = await runStages(
      [stage('two', 'console.log("first"); process.exitCode = 1', 'console.log("second")')],
      2,
      never,
      () => {},
    );
    expect(outcomes).toMatchObject([{ passed: false, output: 'first\n' }]);
  });

  test('fail when their program does not exist', async () => {
    const outcomes = await runStages([{ name: 'none', commands: [['no-such-program']] }], 1, never, () => {});
    expect(outcomes).toMatchObject([{ passed: false, output: expect.stringContaining('ENOENT') }]);
  });

  test('end when the run is interrupted', async () => {
    const interruption = new AbortController();
    const outcomes = runStages(
      [stage('endless', 'setInterval(() => {}, 1000)')],
      1,
      interruption.signal,
      () => {},
    );
    interruption.abort();
    expect(await outcomes).toMatchObject([{ passed: false }]);
  });
});
