import { readFile, writeFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { z } from 'zod';
import { test, type Evening } from './cli.ts';

const report = z.object({
  steps: z.array(z.object({ step: z.string(), status: z.string(), detail: z.string() })),
});

async function setUp(evening: Evening, more: readonly string[] = []) {
  const { exitCode, output } = await evening.setup(['--json', ...more]);
  const { steps } = report.parse(
    JSON.parse(output.slice(output.indexOf('{\n'), output.lastIndexOf('\n}') + 2)),
  );
  return { exitCode, steps, of: (name: string) => steps.find(({ step }) => step === name) };
}

const lists = z.object({
  channels: z.object({
    matrix: z.object({
      dm: z.object({ allowFrom: z.array(z.string()) }),
      groupAllowFrom: z.array(z.string()),
    }),
  }),
});
function received(settings: string): readonly string[] {
  const { dm, groupAllowFrom } = lists.parse(JSON.parse(settings)).channels.matrix;
  return dm.allowFrom.filter((id) => groupAllowFrom.includes(id));
}

/** The controller's command as the generation calls it. */
function lifecycle({ hiclaw }: Evening, generation = '1.2'): string {
  const command = hiclaw.manager.controllerCommand;
  return JSON.stringify([generation === '1.1' ? command.replace(/agt$/, 'hiclaw') : command]);
}

/** Has the controller reached by its REST API instead of its command. */
async function byRest(evening: Evening): Promise<void> {
  const { manager } = evening.hiclaw;
  await writeFile(`${evening.folder}/controller.token`, manager.controllerToken);
  const text = await readFile(evening.config, 'utf8');
  const rest = `lifecycle:\n  driver: rest\n  url: ${manager.controllerUrl}\n  tokenFile: ${evening.folder}/controller.token\n`;
  await writeFile(evening.config, text.replace(/lifecycle:\n(?: .*\n)+/, rest));
}

/** Tells the controller something about alice, as its owner does. */
async function atController({ hiclaw }: Evening, method: string, path: string, body?: object): Promise<void> {
  const { controllerUrl, controllerToken } = hiclaw.manager;
  await fetch(`${controllerUrl}/api/v1/workers/alice${path === '' ? '' : `/${path}`}`, {
    method,
    headers: { authorization: `Bearer ${controllerToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe.concurrent('setup finds out which HiClaw it is', () => {
  test.for(['1.0', '1.1', '1.2'] as const)(
    'by its storage: %s',
    async (generation, { openEvening, expect }) => {
      const evening = await openEvening({ generation });
      await evening.init();
      const { of } = await setUp(evening, ['--dry-run', '--no-verify']);
      expect(of('profile')).toMatchObject({
        status: 'would change',
        detail: expect.stringContaining(`HiClaw ${generation} (`),
      });
    },
  );

  test('and says so where the configuration says another', async ({ openEvening, expect }) => {
    const evening = await openEvening({ generation: '1.1' });
    await evening.init(['--profile', '1.0']);
    const { exitCode, of } = await setUp(evening, ['--no-verify']);
    expect(exitCode).toBe(1);
    expect(of('profile')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('hiclaw.profile is 1.0, but this is HiClaw 1.1'),
    });
  });

  test.for([
    ['1.1', 'hiclaw'],
    ['1.2', 'agt'],
  ] as const)("by the controller's command: %s", async ([generation, command], { openEvening, expect }) => {
    const evening = await openEvening({ generation });
    await evening.init([`--lifecycle=${lifecycle(evening, generation)}`]);
    const { output } = await evening.run(['setup', '--dry-run'], {
      HICLAW_REGISTRATION_TOKEN: 'sandbox-registration-token',
    });
    expect(output).toContain(`profile: HiClaw ${generation} (the controller's command is called ${command})`);
  });

  test('or assumes 1.0 where nothing shows it, and says that', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.init();
    const { output } = await evening.run(['setup', '--dry-run'], {
      HICLAW_REGISTRATION_TOKEN: 'sandbox-registration-token',
      HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password',
    });
    expect(output).toContain('- profile: HiClaw 1.0; it cannot be detected without --mc, so 1.0 is assumed');
  });
});

describe.concurrent('where a controller makes the settings of workers, setup', () => {
  test.for([
    ['1.1', 'its command'],
    ['1.2', 'its command'],
    ['1.2', 'its REST'],
  ] as const)('has it do so: HiClaw %s, by %s', async ([generation, way], { openEvening, expect }) => {
    const evening = await openEvening({ generation });
    const ourId = evening.hiclaw.homeserver.adapter.userId;
    await evening.init([`--lifecycle=${lifecycle(evening, generation)}`]);
    if (way === 'its REST') await byRest(evening);
    const before = received(evening.aliceSettings);
    const made = await setUp(evening);
    expect(made.steps.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(made.of('allow-lists of alice')).toMatchObject({
      status: 'changed',
      detail: expect.stringContaining('by channelPolicy of Worker alice'),
    });
    expect(made.of('restart of alice')).toMatchObject({ status: 'changed' });
    expect(made.of('check of alice')).toMatchObject({ status: 'done' });
    expect(received(evening.aliceSettings)).toEqual([...before, ourId]);

    // What is written by hand is gone with the next start; what the controller was told is not.
    for (const action of ['sleep', 'wake']) await atController(evening, 'POST', action);
    expect(received(evening.aliceSettings)).toEqual([...before, ourId]);

    const again = await setUp(evening, ['--no-verify']);
    expect(again.steps.filter(({ status }) => status !== 'done')).toEqual([]);

    const undone = await setUp(evening, ['--undo']);
    expect(undone.steps.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(received(evening.aliceSettings)).toEqual(before);
  });

  test('asks the controller for the account where names are reserved', async ({ openEvening, expect }) => {
    const evening = await openEvening({ generation: '1.2' });
    await evening.init([`--lifecycle=${lifecycle(evening)}`]);
    const { exitCode, of } = await setUp(evening, ['--no-verify']);
    expect(exitCode).toBe(0);
    expect(of('account')).toMatchObject({ status: 'changed' });
    expect(await evening.mode('matrix.password')).toBe(0o600);
    expect((await readFile(`${evening.folder}/matrix.password`, 'utf8')).trim()).toBe(
      'initial-password-of-agrenting',
    );
  });

  test('says how to get one where it cannot reach the controller', async ({ openEvening, expect }) => {
    const evening = await openEvening({ generation: '1.2' });
    await evening.init();
    const { exitCode, of } = await setUp(evening, ['--no-verify']);
    expect(exitCode).not.toBe(0);
    expect(of('account')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('agt create human --name agrenting'),
    });
  });

  test('does not lift what the owner denied', async ({ openEvening, expect }) => {
    const evening = await openEvening({ generation: '1.2' });
    await evening.init([`--lifecycle=${lifecycle(evening)}`]);
    await byRest(evening);
    const channelPolicy = { groupDenyExtra: [evening.hiclaw.homeserver.adapter.userId] };
    await atController(evening, 'PUT', '', { channelPolicy });
    expect((await setUp(evening, ['--no-verify'])).of('allow-lists of alice')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('groupDenyExtra of worker alice'),
    });
  });

  test('warns that its own hand in the settings does not last', async ({ openEvening, expect }) => {
    const evening = await openEvening({ generation: '1.1' });
    await evening.init();
    const { steps } = await setUp(evening, ['--no-verify']);
    expect(steps).toContainEqual({
      step: 'allow-lists of alice',
      status: 'skipped',
      detail: expect.stringContaining('the controller may overwrite agents/alice/openclaw.json'),
    });
  });
});

describe.concurrent('setup --manager', () => {
  test.for(['1.0', '1.1'] as const)(
    'has the Manager of HiClaw %s listen, and takes it back',
    async (generation, { openEvening, expect }) => {
      const evening = await openEvening({ generation });
      const ourId = evening.hiclaw.homeserver.adapter.userId;
      const settings = async (): Promise<string> =>
        generation === '1.0'
          ? await readFile(`${evening.hiclaw.manager.home}/openclaw.json`, 'utf8')
          : (evening.hiclaw.object('manager/openclaw.json')?.toString() ?? '');
      await evening.init();
      const made = await setUp(evening, ['--no-verify', '--manager']);
      expect(made.of('allow-lists of the Manager')).toMatchObject({ status: 'changed' });
      expect(received(await settings())).toContain(ourId);
      const text = await readFile(evening.config, 'utf8');
      const roomId = /manager:\n\s+userId: "?@manager:[^\n]*\n\s+roomId: "?(![^"\n]+)/.exec(text)?.[1];
      expect(evening.hiclaw.rooms()).toContainEqual(
        expect.objectContaining({ roomId, members: expect.arrayContaining([ourId]) }),
      );
      const again = await setUp(evening, ['--no-verify', '--manager']);
      expect(again.of('room of the Manager')).toMatchObject({ status: 'done' });
      await setUp(evening, ['--undo']);
      expect(received(await settings())).not.toContain(ourId);
      expect(await readFile(evening.config, 'utf8')).not.toContain('manager:\n');
    },
  );
});
