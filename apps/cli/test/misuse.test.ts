import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Evening, type Run } from './cli.ts';

const ID = '550e8400-e29b-41d4-a716-446655440000';

/** Every command that works with a configuration, with words that are right by themselves. */
const COMMANDS = [
  ['setup', '--yes'],
  ['register', '--yes', '--worker', 'alice'],
  ['agents', 'list'],
  ['agents', 'show', 'alice'],
  ['agents', 'pause', 'alice', '--yes'],
  ['agents', 'resume', 'alice'],
  ['agents', 'update', 'alice', '--price', '1.00'],
  ['sessions'],
  ['up'],
  ['marketplace', 'verify'],
  ['gateway', 'check'],
  ['webhook', 'test'],
  ['config', 'check'],
  ['hirings', 'list'],
  ['hirings', 'show', ID],
  ['hirings', 'watch', ID],
  ['deliveries', 'list'],
  ['hirings', 'retry', ID],
  ['hirings', 'approve', ID],
  ['hirings', 'fail', ID, '--reason', 'none'],
  ['hirings', 'hold', ID],
  ['hirings', 'submit', ID, '--text', 'A result.'],
  ['hirings', 'message', ID, '--to', 'hirer', '--text', 'Hello.'],
  ['hirings', 'answer', ID, 'yes'],
  ['hirings', 'file', ID, 'notes.md'],
  ['hirings', 'export', ID],
  ['earnings'],
  ['backup', 'copy'],
  ['restore', 'copy', '--yes'],
  ['rebuild'],
  ['retention', 'sweep', '--yes'],
  ['workers', 'list'],
  ['workers', 'show', 'alice'],
  ['workers', 'start', 'alice'],
  ['workers', 'stop', 'alice', '--yes'],
  ['workers', 'restart', 'alice', '--yes'],
  ['workers', 'ping', 'alice'],
  ['workers', 'install-skill', 'alice'],
  ['rooms', 'list'],
  ['rooms', 'discover'],
  ['rooms', 'set', 'alice', '!room:place'],
  ['tokens', 'check'],
  ['tokens', 'login', 'alice'],
  ['alerts', 'test'],
  ['alerts', 'list'],
  ['audit'],
  ['rooms', 'list', '--hirings'],
  ['keys', 'list'],
  ['keys', 'rotate', 'alice', '--yes'],
] as const;

/** Those with a word for a worker, an agent or a hiring that there is not. */
const UNKNOWN = [
  ['agents', 'show', 'zoe'],
  ['agents', 'pause', 'zoe', '--yes'],
  ['agents', 'resume', ID],
  ['agents', 'update', 'zoe', '--price', '1.00'],
  ['webhook', 'test', '--agent', 'zoe'],
  ['hirings', 'show', ID],
  ['hirings', 'watch', ID],
  ['hirings', 'retry', ID],
  ['hirings', 'approve', ID],
  ['hirings', 'fail', ID, '--reason', 'none'],
  ['hirings', 'hold', ID],
  ['hirings', 'submit', ID, '--text', 'A result.'],
  ['hirings', 'message', ID, '--to', 'hirer', '--text', 'Hello.'],
  ['hirings', 'answer', ID, 'yes'],
  ['hirings', 'file', ID, 'notes.md'],
  ['hirings', 'export', ID],
  ['workers', 'show', 'zoe'],
  ['workers', 'start', 'zoe'],
  ['workers', 'stop', 'zoe', '--yes'],
  ['workers', 'restart', 'zoe', '--yes'],
  ['workers', 'ping', 'zoe'],
  ['rooms', 'set', 'zoe', '!room:place'],
  ['keys', 'rotate', 'zoe', '--yes'],
] as const;

/** Those with something of the wrong kind. */
const WRONG = [
  ['setup', '--yes', '--verify-seconds', 'soon'],
  ['agents', 'update', 'alice'],
  ['agents', 'update', 'alice', '--price', 'much'],
  ['agents', 'update', 'alice', '--status', 'asleep'],
  ['agents', 'update', 'alice', '--capabilities', ' , '],
  ['agents', 'update', 'alice', '--description', ''],
  ['agents', 'pause', '--yes'],
  ['webhook', 'test', '--url', 'ftp://place'],
  ['webhook', 'test', '--url', 'http://a', '--agent', 'alice'],
  ['hirings', 'list', '--limit', '1.5'],
  ['deliveries', 'list', '--limit', '0'],
  ['hirings', 'list', '--cursor', 'nonsense'],
  ['hirings', 'list', '--agent', 'alice'],
  ['hirings', 'list', '--state', 'lost'],
  ['hirings', 'submit', ID],
  ['hirings', 'submit', ID, '--text', 'x', '--file', 'y'],
  ['hirings', 'submit', ID, '--file', 'absent'],
  ['hirings', 'submit', ID, '--file', '.'],
  ['hirings', 'message', ID, '--text', 'x'],
  ['hirings', 'message', ID, '--to', 'nobody', '--text', 'x'],
  ['hirings', 'message', ID, '--to', 'worker'],
  ['alerts', 'list', '--limit', '0'],
  ['alerts', 'list', '--cursor', '-1'],
  ['audit', '--limit', '1001'],
  ['audit', '--cursor', 'x'],
  ['rooms', 'list', '--hirings', '--cursor', 'x'],
  ['hirings', 'fail', ID],
  ['hirings', 'answer', ID, 'perhaps'],
  ['hirings', 'show', 'alice'],
  ['workers', 'ping', 'alice', '--seconds', 'soon'],
  ['workers', 'ping', 'alice', '--seconds', '-1'],
  ['rooms', 'set', 'alice', 'kitchen'],
  ['up', '--apps', ''],
  ['completion', 'tcsh'],
  ['completion'],
  ['backup'],
  ['restore'],
  ['config', 'frobnicate'],
  ['hirings', 'list', '--frobnicate'],
  ['hirings', 'list', 'everything'],
] as const;

/** Those that write where nothing can be written; `key` is a file, `.` a folder. */
const UNWRITABLE = [
  ['config', 'schema', '--out', 'absent/schema.json'],
  ['config', 'schema', '--out', 'key/schema.json'],
  ['config', 'schema', '--out', '.'],
  ['config', 'schema', '--out', 'x'.repeat(300)],
  ['marketplace', 'verify', '--record', 'absent/record.jsonl'],
  ['marketplace', 'verify', '--record', 'key/record.jsonl'],
  ['marketplace', 'verify', '--record', 'key'],
  ['backup', 'absent/copy'],
  ['backup', 'key/copy'],
  ['restore', 'absent/copy', '--yes'],
  ['init', '--yes', '--offline', '--config', 'key/adapter.yaml'],
  ['init', '--yes', '--offline', '--config', 'key/deeper/adapter.yaml'],
] as const;

function named(commands: readonly (readonly string[])[]) {
  return commands.map((command) => ({ words: command.join(' '), command }));
}

describe('wrong use', () => {
  let evening: Evening;
  beforeAll(async () => {
    evening = await Evening.start();
    await evening.settleIn();
    await evening.register();
    await evening.run(['doctor']);
    // Of a bridge that nobody runs.
    await writeFile(`${evening.folder}/key`, 'a-key-of-the-bridge');
  });
  afterAll(async () => await evening.close());

  const run = async (command: readonly string[]): Promise<Run> =>
    await evening.run(command, { HIGRESS_API_KEY_FILE: `${evening.folder}/key` });
  /** A line below the problem that says what to do, or the help. */
  const TODO = /\n {2,}\S|\(see --help\)/;

  test.for(named(COMMANDS))(
    '$words without a configuration ends with 2, and says how to make one',
    async ({ command }) => {
      const absent = ['--config', `${evening.folder}/absent/adapter.yaml`];
      const { exitCode, output } = await evening.run(command, {}, absent);
      expect(output).toMatch(/agrenting-hiclaw init|--config/);
      expect(exitCode).toBe(2);
    },
  );

  test.for(named(UNKNOWN))('$words ends with 2, and says where to look', async ({ command }) => {
    const { exitCode, output } = await run(command);
    expect(output).toMatch(TODO);
    expect(exitCode).toBe(2);
  });

  test.for(named(UNWRITABLE))('$words names the file, and says what to do', async ({ command }) => {
    const { exitCode, output } = await run(command);
    expect(output).toMatch(TODO);
    expect(output).not.toMatch(/\n +at .+:\d+/);
    expect(exitCode).toBeGreaterThan(0);
  });

  test.for(named(WRONG))('$words ends with 2, and says what is right', async ({ command }) => {
    const { exitCode, output } = await run(command);
    expect(output).toMatch(/see --help|is not |must |\n {2,}\S|no such|missing|unknown|give |pass /);
    expect(output).not.toMatch(/\n +at .+\.ts:\d+/);
    expect(exitCode).toBe(2);
  });
});
