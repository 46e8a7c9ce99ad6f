import { readFile } from 'node:fs/promises';
import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { Evening, MAIN, test } from './cli.ts';

/** Options that take an address, beside those of `init`. */
const ADDRESS_OPTIONS: readonly (readonly [command: readonly string[], option: string])[] = [
  [['gateway', 'check'], '--console'],
  [['gateway', 'check'], '--gateway'],
  [['webhook', 'test'], '--url'],
];

const COMMANDS = [
  ['init'],
  ['setup'],
  ['register'],
  ['agents', 'list'],
  ['up'],
  ['doctor'],
  ['marketplace', 'verify'],
  ['hirings', 'list'],
  ['hirings', 'show'],
  ['hirings', 'watch'],
  ['hirings', 'retry'],
  ['hirings', 'hold'],
  ['hirings', 'submit'],
  ['hirings', 'message'],
  ['hirings', 'answer'],
  ['hirings', 'file'],
  ['hirings', 'export'],
  ['deliveries', 'list'],
  ['earnings'],
  ['retention', 'sweep'],
  ['workers', 'list'],
  ['workers', 'show'],
  ['workers', 'start'],
  ['workers', 'stop'],
  ['workers', 'ping'],
  ['workers', 'install-skill'],
  ['rooms', 'list'],
  ['rooms', 'discover'],
  ['rooms', 'set'],
  ['tokens', 'check'],
  ['tokens', 'login'],
  ['alerts', 'list'],
  ['audit'],
  ['alerts', 'test'],
  ['admin', 'token'],
  ['keys', 'new'],
  ['keys', 'list'],
  ['agents', 'update'],
  ['sessions'],
  ['webhook', 'test'],
  ['config', 'check'],
  ['config', 'schema'],
  ['completion'],
  ['backup'],
  ['restore'],
  ['rebuild'],
];

describe.concurrent('the command line tool', () => {
  let evening: Evening;
  beforeAll(async () => {
    evening = await Evening.start();
    await evening.settleIn();
    await evening.register();
    // Makes the store, as the adapter does when it runs.
    await evening.run(['doctor']);
  });
  afterAll(async () => await evening.close());

  test('helps with every command, without colours where nobody looks', async ({ expect }) => {
    const whole = await evening.run(['--help']);
    expect(whole).toMatchObject({ exitCode: 0, output: expect.stringContaining('First steps:') });
    const helps = await Promise.all(
      COMMANDS.map(async (command) => await evening.run([...command, '--help'])),
    );
    for (const [index, { exitCode, output }] of helps.entries()) {
      expect([exitCode, output]).toEqual([
        0,
        expect.stringContaining(`agrenting-hiclaw ${COMMANDS[index]?.join(' ')}`),
      ]);
      expect(output).not.toContain('\u001B[');
    }
  });

  test('loads nothing that takes long before it knows what is asked', async ({ expect }) => {
    const preloads = [new URL('./loads-nothing-heavy.ts', import.meta.url).href];
    const process = new AppProcess({ main: MAIN, arguments: ['--help'], preloads });
    expect(await process.ended(), process.output).toBe(0);
    expect(process.output).toContain('First steps:');
  });

  test.for([
    [['frobnicate'], 2, "unknown command 'frobnicate'"],
    [['hiring'], 2, 'Did you mean hirings?'],
    [['hirings', 'list', '--limit', 'many'], 2, '--limit must be an integer'],
    [['hirings', 'list', '--limit', '1001'], 2, '--limit must be an integer from 1 to 1000'],
    [['hirings', 'list', '--state', 'sleepy'], 2, 'must be one of: received'],
    [['hirings', 'show', '../../etc/passwd'], 2, 'is not a hiring id'],
    [['hirings', 'show', '550e8400-e29b-41d4-a716-446655440000'], 2, 'no such hiring'],
    [['hirings', 'retry', '550e8400-e29b-41d4-a716-446655440000'], 2, 'no such hiring'],
    [['hirings', 'answer', '550e8400-e29b-41d4-a716-446655440000', 'perhaps'], 2, 'must be yes or no'],
    [['hirings', 'export', '550e8400-e29b-41d4-a716-446655440000'], 2, 'no such hiring'],
    [['earnings', '--from', 'yesterday'], 2, '--from must be a date'],
    [['earnings', '--to', '2026-02-30'], 2, '--to must be a date'],
    [['earnings', '--from', '2026-02-02', '--to', '2026-02-01'], 2, '--from must not be after --to'],
    [['earnings', '--agent', 'alice'], 2, 'must be an agent id'],
    [['earnings', '--format', 'xml'], 2, 'must be one of: table, csv, json'],
    [['workers', 'start', 'zoe'], 2, 'no such worker: zoe'],
    [['workers', 'install-skill', 'alice'], 2, 'Pass --mc'],
    [['workers', 'install-skill', '../alice'], 2, 'is not a worker name'],
    [['tokens', 'check'], 2, 'Pass --mc'],
    [['tokens', 'login', 'alice'], 2, 'Pass --mc'],
    [['workers', 'show', 'zoe'], 2, 'no such worker: zoe'],
    [['rooms', 'list', '--limit', '5'], 2, '--limit and --cursor need --hirings'],
    [['alerts', 'test'], 2, 'no alert sink is configured'],
    [['rooms', 'set', 'alice', 'kitchen'], 2, 'is not a room id'],
    [['rooms', 'set', 'zoe', '!a:b'], 2, 'no such worker in workers.list: zoe'],
    [['up', '--apps', 'console'], 2, 'no such app: console'],
    [['register', '--yes', '--worker', 'zoe'], 2, 'zoe is not in workers.list'],
    [['register', '--yes', '--worker', 'alice'], 2, 'is registered already'],
    [
      [
        'register',
        '--yes',
        '--force',
        '--worker',
        'alice',
        '--description',
        'x',
        '--capabilities',
        'y',
        '--price',
        'much',
      ],
      2,
      'must be an amount',
    ],
    [['init', '--yes'], 2, 'already exists'],
  ] as const)('%j ends with %i and says what to do', async ([command, exitCode, words], { expect }) => {
    const run = await evening.run(command);
    expect(run.output).toContain(words);
    expect(run.exitCode).toBe(exitCode);
  });

  test.for([
    [['--homeserver', 'http://127.0.0.1:9'], 'does not answer'],
    [['--homeserver', 'not a url'], 'must be an http or https URL'],
    [
      ['--homeserver', 'http://us:geheim@127.0.0.1:9', '--offline'],
      'must not contain a user name or password',
    ],
    [['--storage', 'http://127.0.0.1:9/bucket', '--offline'], 'has more behind its host'],
    [['--storage', 'http://minio..invalid', '--offline'], 'has a host that is neither a name nor an address'],
    [['--storage', 'http://127.0.0.1:9'], 'does not answer'],
    [['--marketplace', 'https://agrenting.com:4012'], '4012'],
    [['--profile', '2.0'], 'must be one of: auto, 1.0, 1.1, 1.2'],
    [['--lifecycle', 'docker exec'], 'must be a JSON list'],
  ] as const)(
    'init %j writes nothing and says what is wrong',
    async ([more, words], { openEvening, expect }) => {
      const evening = await openEvening({ workers: [] });
      const run = await evening.init(more);
      expect(run.output).toContain(words);
      expect(run.output).not.toContain('geheim');
      expect(run.exitCode).toBe(2);
      await expect(readFile(evening.config)).rejects.toThrow('ENOENT');
    },
  );

  test.for(
    ADDRESS_OPTIONS.flatMap(([command, option]) =>
      ['http://us:geheim@127.0.0.1:9', 'geheim', 'http://[::1', 'ftp://127.0.0.1'].map(
        (address) => [command, option, address] as const,
      ),
    ),
  )(
    'an address that is none ends with 2, and is not shown: %j',
    async ([command, option, address], { expect }) => {
      const run = await evening.run([...command, `${option}=${address}`]);
      expect(run.output).toMatch(new RegExp(`${option} (?:must be|must not contain)`));
      expect(run.output).not.toContain('geheim');
      expect(run.exitCode).toBe(2);
    },
  );

  test('shows no secret of its own, whatever is asked for', async ({ openEvening, expect }) => {
    const fresh = await openEvening();
    const outputs = [await fresh.init(), await fresh.setup(), await fresh.register()];
    for (const command of [
      ['doctor', '--json'],
      ['agents', 'list'],
      ['workers', 'list', '--json'],
      ['rooms', 'list'],
    ]) {
      outputs.push(await fresh.run(command));
    }
    const files = ['matrix.token', 'matrix.password', 'storage.secret', 'store.key', 'agents/alice.key'];
    const secrets = await Promise.all(
      files.map(async (file) => (await readFile(`${fresh.folder}/${file}`, 'utf8')).trim()),
    );
    for (const secret of [
      ...secrets,
      fresh.ownerToken,
      'admin-sandbox-password',
      'sandbox-registration-token',
    ]) {
      for (const { output } of outputs) expect(output).not.toContain(secret);
    }
    expect(outputs.map(({ exitCode }) => exitCode)).toEqual(outputs.map(() => 0));
  });
});
