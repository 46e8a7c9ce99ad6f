import { appendFile } from 'node:fs/promises';
import { describe } from 'vitest';
import { startServer, test, type Evening } from './cli.ts';

async function configure(evening: Evening, lines: readonly string[]): Promise<void> {
  await appendFile(evening.config, `alerts:\n${lines.map((line) => `  ${line}\n`).join('')}`);
}

/** Stands for an agent, which nobody is asked about here. */
const AGENT = { AGRENTING_API_KEY: 'ap_none' };

/** An address at which nobody listens. */
async function deserted(): Promise<string> {
  const server = await startServer(() => undefined);
  server.close();
  return server.url;
}

/** The room of a worker, in which we are: any room of ours will do. */
const room = (evening: Evening): string => evening.hiclaw.worker('alice').roomId;

describe.concurrent('alerts test', () => {
  test('sends a trial to each place and says that they have it', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    const received = Promise.withResolvers<string>();
    const server = await startServer((request, response) => {
      request.on('data', (chunk: Buffer) => received.resolve(chunk.toString()));
      response.writeHead(204).end();
    });
    await configure(evening, [`matrixRoom: '${room(evening)}'`, `webhookUrl: ${server.url}/canary`]);
    const { exitCode, output } = await evening.run(['alerts', 'test'], {
      ...AGENT,
      ADAPTER_ALERTS_SECRET: 'canary-secret-of-alerts',
    });
    expect([exitCode, output]).toEqual([0, '✓ matrix: it has the trial\n✓ webhook: it has the trial\n']);
    expect(JSON.parse(await received.promise)).toMatchObject({ kind: 'test', id: expect.any(String) });
    server.close();
    expect(JSON.stringify(evening.hiclaw.timeline(room(evening)))).toContain('This is a trial');
  });

  test('ends with 1 where one says no, and with 3 where one cannot be asked', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await configure(evening, [`webhookUrl: ${await deserted()}/canary`]);
    const away = await evening.run(['alerts', 'test', '--json'], AGENT);
    expect(away.exitCode).toBe(3);
    expect(away.output).toContain('the webhook cannot be reached (ECONNREFUSED)');
    const server = await startServer((_request, response) => response.writeHead(401).end());
    const refused = await evening.run(['alerts', 'test'], {
      ...AGENT,
      ADAPTER_ALERTS_URL: server.url,
    });
    server.close();
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain(
      '✗ webhook: the webhook answered HTTP 401: check alerts.webhookUrl and alerts.webhookSecret',
    );
    const nowhere = await evening.run(['alerts', 'test'], {
      ...AGENT,
      ADAPTER_ALERTS_ROOM: '!nowhere:x',
    });
    expect(nowhere.output).toContain('to room !nowhere:x and let it post there');
    expect(away.output + refused.output).not.toContain('canary');
  });

  test('a setting that is wrong is said', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await configure(evening, ['kinds: [everything]', 'perHour: 0']);
    const { exitCode, output } = await evening.run(['alerts', 'test'], {
      ...AGENT,
      ADAPTER_ALERTS_URL: 'ftp://example.com',
      ADAPTER_ALERTS_ROOM: '#ops:x',
      ADAPTER_ALERTS_SECRET: 'whsec_not base64',
    });
    expect(exitCode).toBe(2);
    for (const said of [
      'alerts.kinds.0 must be one of: attention, disputed, paid, failed, agent_offline',
      'alerts.perHour',
      'alerts.webhookUrl must be an http or https URL',
      'alerts.matrixRoom must be a Matrix room id',
      'alerts.webhookSecret starts with whsec_ but is not base64 after it',
    ]) {
      expect(output).toContain(said);
    }
    expect(output).not.toContain('not base64\n');
  });
});

describe('doctor', () => {
  test('looks at alerts where they are wanted, and warns of workers that would read them', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    expect((await evening.run(['doctor'])).output).not.toContain(' alerts: ');
    await configure(evening, [`matrixRoom: '${room(evening)}'`]);
    const warned = await evening.run(['doctor']);
    expect(warned.output).toContain(`! alerts: alice would read alerts in room ${room(evening)}`);
    const lost = await evening.run(['doctor'], { ADAPTER_ALERTS_ROOM: '!nowhere:x' });
    expect(lost.output).toContain('✗ alerts: ');
    expect(lost.output).toContain('or correct alerts.matrixRoom');
    const away = await evening.run(['doctor'], {
      ADAPTER_ALERTS_URL: `${await deserted()}/canary`,
    });
    expect(away.output).toContain('✗ alerts: the webhook does not answer');
    expect(away.output).not.toContain('canary');
  });
});
