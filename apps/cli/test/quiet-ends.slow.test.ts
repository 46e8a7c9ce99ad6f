import { spawn } from 'node:child_process';
import { describe } from 'vitest';
import { MAIN, test } from './cli.ts';

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** Runs a command that gets a signal after its first output, or whose output nobody reads from the start. */
async function run(words: readonly string[], ending: 'SIGINT' | 'SIGTERM' | 'unread'): Promise<End> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--conditions=agrenting-hiclaw-source', MAIN, ...words], {
    env: { PATH, HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  if (ending === 'unread') child.stdout.destroy();
  else child.stdout.once('data', () => child.kill(ending));
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
    for (const ending of ['SIGINT', 'SIGTERM', 'unread'] as const) {
      ends[ending] = await run(['doctor', '--config', evening.config], ending);
    }
    expect(ends).toEqual({
      SIGINT: { code: 130, signal: null, errors: '' },
      SIGTERM: { code: 143, signal: null, errors: '' },
      unread: { code: 141, signal: null, errors: '' },
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
