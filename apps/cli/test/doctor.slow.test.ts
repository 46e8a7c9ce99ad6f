import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, vi } from 'vitest';
import { z } from 'zod';
import { Evening, startServer, test } from './cli.ts';

const report = z.object({
  checks: z.array(
    z.object({ name: z.string(), status: z.string(), detail: z.string(), remedy: z.string().optional() }),
  ),
  failed: z.number(),
});

async function examined(evening: Evening, more: readonly string[] = []) {
  const { output, exitCode } = await evening.run(['doctor', '--json', ...more]);
  const { checks } = report.parse(
    JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('\n}') + 2)),
  );
  return { exitCode, checks, of: (name: string) => checks.find((check) => check.name === name) };
}

/** A server whose clock is an hour slow, and that does nothing else. */
let slow: Awaited<ReturnType<typeof startServer>>;

/** What is broken, the check that notices, and what its remedy says. */
const TROUBLES: readonly (readonly [string, string, (evening: Evening) => unknown, string])[] = [
  [
    'the disk of the store is full',
    'disk',
    // A file system that never has room.
    (evening) => change(evening, /\n {2}file: .*adapter.sqlite/, '\n  file: /proc/adapter.sqlite'),
    'Free some space',
  ],
  [
    'the clock and that of the marketplace differ',
    'clock marketplace',
    (evening) => change(evening, evening.marketplace.url, slow.url),
    'NTP',
  ],
  [
    'the clock and that of the homeserver differ',
    'clock homeserver',
    (evening) => change(evening, evening.hiclaw.homeserver.url, slow.url),
    'NTP',
  ],
  [
    'the clock and that of the storage differ',
    'clock storage',
    (evening) => change(evening, evening.hiclaw.storage.endpoint, slow.url),
    'NTP',
  ],
  [
    'the listing is that of nobody',
    'listing alice',
    (evening) => change(evening, /\n(\s+)(- )?id: .*/, '\n$1$2id: 00000000-0000-4000-8000-000000000000'),
    'See the check of its key',
  ],
  [
    'the registry of workers is not there',
    'worker-map',
    (evening) => change(evening, /\nworkers:\n/, '\nworkers:\n  registryFile: /nowhere/registry.json\n'),
    'workers.list',
  ],
  [
    'a setting is missing',
    'configuration',
    (evening) => change(evening, /\n\s*homeserverUrl:.*/, ''),
    'ADAPTER_MATRIX_URL',
  ],
  [
    'others can read a key',
    'key-files',
    (evening) => chmod(`${evening.folder}/agents/alice.key`, 0o644),
    'chmod 600',
  ],
  [
    'others can read a configuration with a key in it',
    'key-files',
    async (evening) => {
      await change(
        evening,
        /\n\s*accessTokenFile:.*/,
        '\n  accessToken: syt_a_token_that_stands_in_the_file',
      );
      await chmod(evening.config, 0o644);
    },
    'chmod 600',
  ],
  ['others can write the configuration', 'key-files', (evening) => chmod(evening.config, 0o622), 'chmod 600'],
  [
    'the store is no store',
    'store',
    (evening) => writeFile(`${evening.folder}/adapter.sqlite`, 'x'.repeat(5_000)),
    'backup',
  ],
  [
    'the marketplace is not there',
    'marketplace',
    (evening) => change(evening, evening.marketplace.url, 'http://127.0.0.1:9'),
    'Check marketplace.baseUrl',
  ],
  [
    'the key is another',
    'agent-key alice',
    (evening) => overwrite(`${evening.folder}/agents/alice.key`, 'no-key'),
    'Copy the key again',
  ],
  [
    'the key is the user token',
    'agent-key alice',
    (evening) => overwrite(`${evening.folder}/agents/alice.key`, 'ap_token'),
    "agent's own key",
  ],
  [
    'the key is another',
    'mcp alice',
    (evening) => overwrite(`${evening.folder}/agents/alice.key`, 'no-key'),
    '/mcp',
  ],
  [
    'our token was revoked',
    'matrix-account',
    (evening) => overwrite(`${evening.folder}/matrix.token`, 'revoked'),
    'setup',
  ],
  [
    'a worker is mapped to no room of its',
    'room alice',
    (evening) => change(evening, /roomId: .*/, 'roomId: "!nowhere:x"'),
    'setup',
  ],
  [
    'the storage user has another secret',
    'storage',
    (evening) => overwrite(`${evening.folder}/storage.secret`, 'another-secret'),
    'storage.endpoint',
  ],
  [
    'the lifecycle command is not there',
    'lifecycle alice',
    (evening) => change(evening, /command:\n\s+- .*/, 'command: [/nowhere/lifecycle.sh]'),
    'manually',
  ],
];

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A server with a certificate that nobody signed but itself. */
async function startTlsServer(): Promise<{ readonly url: string; readonly close: () => void }> {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync('openssl', [
    'req',
    ...'-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(' '),
    ...'-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1'.split(' '),
    ...`-keyout ${key} -out ${cert}`.split(' '),
  ]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
  const server = createServer(
    { key: await readFile(key), cert: await readFile(cert) },
    (_request, response) => response.end(),
  );
  await rm(folder, { recursive: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return { url: `https://127.0.0.1:${address.port}`, close: () => void server.close() };
}

async function change(evening: Evening, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(evening.config, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to change in:\n${text}`);
  await writeFile(evening.config, changed);
}

async function overwrite(file: string, text: string): Promise<void> {
  await writeFile(file, `${text}\n`);
}

describe.concurrent('doctor', () => {
  let whole: Evening;
  beforeAll(async () => {
    slow = await startServer((_request, response) => {
      response.writeHead(404, { date: new Date(Date.now() - 3_600_000).toUTCString() }).end();
    });
    whole = await Evening.start();
    await whole.settleIn();
    await whole.register();
  });
  afterAll(async () => {
    slow.close();
    await whole.close();
  });

  test('finds everything in order after setup and register', async ({ expect }) => {
    const { exitCode, checks } = await examined(await whole.copy(), ['--start']);
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(checks.map(({ name }) => name)).toEqual([
      'configuration',
      'key-files',
      'store',
      'disk',
      'clock marketplace',
      'clock homeserver',
      'clock storage',
      'marketplace',
      'agent-key alice',
      'listing alice',
      'callback alice',
      'mcp alice',
      'webhook',
      'matrix-account',
      'worker-map',
      'room alice',
      'allow-list alice',
      'lifecycle alice',
      'storage',
      'storage-rights',
      'shared-storage',
      'processes',
      'work alice',
      'task-files',
    ]);
  });

  test('says that a worker does not listen to us, by check allow-list alice', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    const mc = `--mc=${evening.hiclaw.manager.minioClient}`;
    await evening.settleIn();
    await evening.register();
    expect((await examined(evening, [mc])).of('allow-list alice')).toMatchObject({ status: 'ok' });
    evening.putAliceSettings(
      evening.aliceSettings.replaceAll(evening.hiclaw.homeserver.adapter.userId, '@somebody:else'),
    );
    const { of, exitCode } = await examined(evening, [mc]);
    expect(of('allow-list alice')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('groupAllowFrom and dm.allowFrom'),
      remedy: expect.stringContaining('setup --mc'),
    });
    expect(exitCode).not.toBe(0);
  });

  test('says that a worker shows no activity for its task, and that its files are gone', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const text = await readFile(evening.config, 'utf8');
    await writeFile(evening.config, `${text}timing: { acknowledgeSeconds: 0.5, inspectSeconds: 0.3 }\n`);
    // Its token ends with the job: it has shown a receipt for nothing.
    evening.hiclaw
      .worker('alice')
      .container.stop()
      .catch(() => undefined);
    evening.hiclaw.worker('alice').failStarts(true);
    await change(evening, /lifecycle:\n(?: .*\n)+/, 'lifecycle:\n  driver: none\n');
    const up = evening.begin(['up']);
    await up.printed('MCP session subscribed');
    const agent = evening.marketplace.agents()[0]?.id ?? '';
    const { id } = evening.marketplace.hire({
      hirerId: evening.hirerId,
      agentId: agent,
      taskDescription: 'Write a haiku.',
    });
    const folderOf = () => `shared/tasks/${evening.hiclaw.taskId(`agrenting-${id}-a1`)}/`;
    await vi.waitUntil(() => evening.hiclaw.object(`${folderOf()}meta.json`) !== undefined, {
      timeout: 60_000,
    });
    // Told again it has a while to show activity, so the look that found it silent is the one to judge by.
    const before = await vi.waitUntil(
      async () => {
        const seen = await examined(evening);
        return seen.of('work alice')?.status === 'failed' && seen;
      },
      { timeout: 60_000, interval: 300 },
    );
    expect(before.of('work alice')).toMatchObject({
      detail: expect.stringContaining(`it was notified of hiring ${id}`),
      remedy: expect.stringContaining('tokens check'),
    });
    expect(before.of('task-files')).toMatchObject({ status: 'ok' });
    evening.hiclaw.remove(`${folderOf()}spec.md`);
    expect((await examined(evening)).of('task-files')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('spec.md'),
      remedy: expect.stringContaining(`hirings retry ${id}`),
    });
    expect((await examined(evening)).of('processes')).toMatchObject({ status: 'ok' });
    await up.stop();
    expect((await examined(evening)).of('processes')).toMatchObject({
      status: 'failed',
      detail: 'the adapter is not running, and 1 hiring is open',
      remedy: expect.stringContaining('agrenting-hiclaw up'),
    });
  });

  test('warns that the storage user may do more than it should, by check storage-rights', async ({
    expect,
  }) => {
    const evening = await whole.copy();
    await change(evening, /accessKey: .*/, 'accessKey: admin');
    await overwrite(`${evening.folder}/storage.secret`, 'admin-sandbox-password');
    const { of } = await examined(evening);
    expect(of('storage-rights')).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('storage user with `agrenting-hiclaw setup`'),
    });
  });

  test('says once that the marketplace is away, and what it could not look at', async ({ expect }) => {
    const evening = await whole.copy();
    await change(evening, evening.marketplace.url, 'http://127.0.0.1:9');
    const { checks } = await examined(evening);
    expect(checks.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual([
      'marketplace',
    ]);
    const { output } = await evening.run(['doctor']);
    expect(output).toContain(
      '5 checks not made, because the marketplace cannot be used: clock marketplace, agent-key alice, listing alice, and 2 more',
    );
    const problems = await evening.run(['doctor', '--problems']);
    expect(problems.output).toContain('✗ marketplace: http://127.0.0.1:9 does not answer');
    expect(problems.output).not.toContain('✓');
    expect(problems.output).not.toContain('not made');
  });

  test('looks at a hundred workers within 15 s of a homeserver that never answers', async ({
    expect,
    onTestFinished,
  }) => {
    const mute = await startServer(() => undefined);
    onTestFinished(mute.close);
    const evening = await whole.copy();
    await change(evening, evening.hiclaw.homeserver.url, mute.url);
    const listed = Array.from(
      { length: 100 },
      (_, n) => `\n    - { name: w${n}, userId: "@w${n}:x", roomId: "!w${n}:x" }`,
    );
    await change(evening, /\n {2}list:/, `\n  list:${listed.join('')}`);
    const startedAtMs = performance.now();
    const { checks, exitCode } = await examined(evening);
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
    expect(checks.filter(({ name }) => name.startsWith('room '))).toHaveLength(101);
    expect(checks.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual([
      'matrix-account',
    ]);
    expect(exitCode).toBe(3);
  });

  test('says that a check had no answer, although its system answers', async ({ expect, onTestFinished }) => {
    // Answers whatever asks whether it is there, and nothing else.
    const half = await startServer((request, response) => {
      if (request.method === 'HEAD') response.end();
    });
    onTestFinished(half.close);
    const evening = await whole.copy();
    await change(evening, evening.hiclaw.homeserver.url, half.url);
    const { of, exitCode } = await examined(evening);
    expect(of('matrix-account')).toMatchObject({ status: 'failed' });
    expect(of('room alice')).toMatchObject({ status: 'failed', detail: 'no answer within 10 s' });
    expect(exitCode).toBe(1);
  });

  test.skipIf(!hasOpenssl)(
    'tells a certificate that is not trusted from a system that is away',
    async ({ expect, onTestFinished }) => {
      const tls = await startTlsServer();
      onTestFinished(tls.close);
      const evening = await whole.copy();
      await change(evening, evening.marketplace.url, tls.url);
      const { of, exitCode } = await examined(evening);
      expect(of('marketplace')).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('is not trusted'),
        remedy: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
      });
      expect(of('agent-key alice')).toMatchObject({ status: 'skipped' });
      expect(exitCode).toBe(1);
    },
  );

  test('looks for storage where it is connected to', async ({ expect }) => {
    const evening = await whole.copy();
    const { port } = new URL(evening.hiclaw.storage.endpoint);
    await change(
      evening,
      evening.hiclaw.storage.endpoint,
      `http://storage.invalid:${port}\n  connectTo: 127.0.0.1:${port}`,
    );
    const { of } = await examined(evening);
    expect(of('storage')).toMatchObject({ status: 'ok' });
  });

  test.for([
    ['answers the availability probe', 200, 'ok', 'HTTP 200'],
    ['asks for a key', 401, 'failed', 'HTTP 401'],
    ['knows no such path', 404, 'failed', 'HTTP 404'],
  ] as const)(
    'says of a callback address that it %s, by check callback',
    async ([_what, status, found, detail], { expect, onTestFinished, openEvening }) => {
      const server = await startServer((request, response) => {
        response.writeHead(request.method === 'HEAD' ? status : 500).end();
      });
      onTestFinished(server.close);
      const evening = await openEvening();
      await evening.settleIn();
      await evening.register(['--callback-url', `${server.url}/webhook/agrenting/hiring`]);
      expect((await examined(evening)).of('callback alice')).toMatchObject({
        status: found,
        detail: expect.stringContaining(detail),
      });
    },
  );

  test.for(TROUBLES)('says that %s, by check %s', async ([_what, name, breakIt, remedy], { expect }) => {
    const evening = await whole.copy();
    await breakIt(evening);
    const { exitCode, of } = await examined(evening, ['--start']);
    expect(of(name)).toMatchObject({ status: 'failed', remedy: expect.stringContaining(remedy) });
    // What only waits for another system is worth another try.
    expect(exitCode).toBe(name === 'configuration' ? 2 : name === 'marketplace' ? 3 : 1);
  });
});
