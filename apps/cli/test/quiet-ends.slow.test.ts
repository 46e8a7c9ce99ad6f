import { spawn } from 'node:child_process';
import { describe } from 'vitest';
import { MAIN, test } from './cli.ts';

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** Runs a command until its first output, then does something to it. */
async function run(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  onOutput: (child: ReturnType<typeof spawn>) => void,
): Promise<End> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--conditions=agrenting-hiclaw-source', MAIN, ...words], {
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.once('data', () => onOutput(child));
  return await new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, errors })),
  );
}

describe('a command', () => {
  test('that is stopped, or whose reader has enough, ends without a word', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const ends: Record<string, End> = {};
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      ends[signal] = await run(['doctor', '--config', evening.config], {}, (child) => child.kill(signal));
    }
    ends['SIGPIPE'] = await run(['doctor', '--config', evening.config], {}, (child) =>
      child.stdout?.destroy(),
    );
    expect(ends).toEqual({
      SIGINT: { code: 130, signal: null, errors: '' },
      SIGTERM: { code: 143, signal: null, errors: '' },
      SIGPIPE: { code: 141, signal: null, errors: '' },
    });
  });
});

describe('an error under --json', () => {
  test.for([
    [['hirings', 'list'], /cannot be read|adapter\.yaml/, 2],
    [['hirings', 'list', '--nonsense'], /^unknown option '--nonsense'/, 2],
    [['nonsense'], /^unknown command 'nonsense'/, 2],
  ] as const)('of %j is JSON', async ([words, message, exitCode], { openEvening, expect }) => {
    const evening = await openEvening();
    const ended = await evening.run([...words, '--json']);
    expect(ended.exitCode).toBe(exitCode);
    expect(JSON.parse(ended.output)).toEqual({
      error: { message: expect.stringMatching(message), remedy: expect.any(String), exitCode },
    });
  });
});
