import { readFile, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { z } from 'zod';
import { test } from './cli.ts';

const report = z.object({
  valid: z.boolean(),
  settings: z
    .array(
      z.object({
        setting: z.string(),
        value: z.unknown(),
        secret: z.boolean(),
        source: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
  problems: z.array(z.object({ where: z.string(), what: z.string(), remedy: z.string() })).default([]),
});

describe.concurrent('config', () => {
  test('check says of every setting what holds and where it came from', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const environment = { ADAPTER_LOG_LEVEL: 'debug', AGRENTING_USER_TOKEN: evening.ownerToken };
    const { exitCode, output } = await evening.run(['config', 'check', '--json'], environment);
    expect(exitCode, output).toBe(0);
    const { valid, settings } = report.parse(JSON.parse(output));
    expect(valid).toBe(true);
    const of = (name: string) => settings.find(({ setting }) => setting === name);
    const lines = (await readFile(evening.config, 'utf8')).split('\n');
    const line = (text: string): number => lines.findIndex((one) => one.includes(text)) + 1;

    expect(of('log.level')).toMatchObject({
      value: 'debug',
      source: { kind: 'variable', variable: 'ADAPTER_LOG_LEVEL' },
    });
    expect(of('marketplace.baseUrl')).toMatchObject({
      source: { kind: 'file', file: evening.config, line: line('baseUrl:') },
    });
    expect(of('polling.everySeconds')).toMatchObject({ value: 30, source: { kind: 'default' } });
    expect(of('agents.0.key')).toMatchObject({
      value: '[redacted]',
      secret: true,
      source: {
        kind: 'secret_file',
        file: `${evening.folder}/agents/alice.key`,
        namedBy: `${evening.config}:${line('alice.key')}`,
      },
    });
    expect(of('marketplace.userToken')).toMatchObject({ value: '[redacted]', secret: true });
    expect(of('workers.list.0.name')).toMatchObject({ value: 'alice' });

    const text = await evening.run(['config', 'check'], environment);
    expect(text.output).toMatch(/polling\.everySeconds +30 +default/);
    for (const { output: shown } of [text, { output }]) {
      expect(shown).not.toContain(evening.ownerToken);
      expect(shown).not.toContain((await readFile(`${evening.folder}/store.key`, 'utf8')).trim());
    }
  });

  test('check lists everything that is wrong, and never a secret', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const right = await readFile(evening.config, 'utf8');
    await writeFile(evening.config, `${right}polling:\n  everySeconds: 90\nlog:\n  colour: red\n`);
    const { exitCode, output } = await evening.run(['config', 'check']);
    expect(exitCode).toBe(2);
    expect(output).toContain('polling.everySeconds must be at most 45');
    expect(output).toContain('log.colour is not a setting');
    const json = await evening.run(['config', 'check', '--json']);
    const { valid, problems } = report.parse(
      JSON.parse(json.output.slice(0, json.output.indexOf('\n}') + 2)),
    );
    expect(valid).toBe(false);
    expect(problems.map(({ where }) => where)).toEqual(
      expect.arrayContaining(['polling.everySeconds', 'log.colour']),
    );
    await writeFile(evening.config, right);
    expect(await evening.run(['config', 'check', '--webhook'])).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('webhook.keys is missing'),
    });
  });

  test('init leaves a schema beside the file, which the file names for editors', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening({ workers: [] });
    await evening.init();
    expect(await readFile(evening.config, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\/adapter\.schema\.json\n/,
    );
    const kept: unknown = JSON.parse(await readFile(`${evening.folder}/adapter.schema.json`, 'utf8'));
    const { output } = await evening.run(['config', 'schema']);
    expect(kept).toEqual(JSON.parse(output));
    const out = await evening.run(['config', 'schema', '--out', 'again.json']);
    expect(out.exitCode).toBe(0);
    expect(await readFile(`${evening.folder}/again.json`, 'utf8')).toContain('homeserverUrl');
  });

  test('keys list says what each opens and where it is kept, and shows none', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const { exitCode, output } = await evening.run(['keys', 'list']);
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/agents\.0\.key +the marketplace, as the agent of alice +600 +\d{4}-/);
    expect(output).toMatch(/store\.key +the store +600/);
    for (const file of ['store.key', 'matrix.token', 'storage.secret', 'agents/alice.key']) {
      expect(output).not.toContain((await readFile(`${evening.folder}/${file}`, 'utf8')).trim());
    }
  });
});
