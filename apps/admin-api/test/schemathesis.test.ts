import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { agentIdSchema, hiringIdSchema, versionOf } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { RunningAdminApi } from '../src/app.ts';
import { ask, OPERATOR, test as environmentTest, type AdminEnvironment } from './environment.ts';
import { placeHiring, STANDINGS, startIdleStore, type Standing } from './idle-store.ts';
import { questionOf, voiceIn } from './worker-room.ts';
import { operations } from './walked-document.ts';

/** The program; what `npm run test:long -- api` gives. */
const PROGRAM = process.env['TEST_SCHEMATHESIS'] ?? '';
const EXAMPLES = process.env['TEST_SCHEMATHESIS_EXAMPLES'] ?? '20';
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'unsupported_method',
];
/** An answer that has no end; tests of its own look at it. */
const ENDLESS = 'GET /events';
const OF_EACH_STANDING = 12;

interface Furnished {
  readonly env: AdminEnvironment;
  readonly app: RunningAdminApi;
  /** What is there: values of paths and of bodies, by operation. */
  readonly real: {
    readonly paths: Readonly<Record<string, readonly Record<string, string>[]>>;
    readonly bodies: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  };
}

/** Where each command of a hiring fits. */
const FITS: Readonly<Record<string, readonly Standing[]>> = {
  retry: ['attention'],
  approve: ['attention for the work', 'attention for the result', 'attention by hold'],
  hold: ['confirmed', 'sent', 'submitted', 'settling'],
  fail: ['attention'],
  submit: ['attention'],
  message: ['sent', 'acknowledged'],
};
const ASKED = 'Waiting for approval: rm -r build';
const HAIKU = 'Grey waves fold and fall, the last boats come home empty, gulls argue with rain.';

const test = environmentTest.extend<{ readonly furnished: Furnished }>({
  furnished: async ({ openEnvironment }, use) => {
    const receiver = createServer((request, response) => {
      request.resume();
      response.end('{}');
    });
    await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
    const address = receiver.address();
    if (address === null || typeof address === 'string') throw new Error('expected a port');
    const workers = ['alice', 'bob', ...Array.from({ length: 6 }, (_, index) => `free-${index}`)];
    const env = await openEnvironment({ workers: workers.map((name) => ({ name })) });
    const [alice, bob] = env.agents;
    const file = join(env.folder, 'adapter.yaml');
    const agents = [];
    for (const { id, apiKey, worker } of env.agents.slice(0, 2)) {
      const keyFile = join(env.folder, `${worker}-of-old.key`);
      await writeFile(keyFile, `${apiKey}\n`, { mode: 0o600 });
      agents.push({ id, keyFile, worker });
    }
    const settings = env.settings({
      agents,
      marketplace: { baseUrl: env.marketplace.url, userToken: env.ownerToken },
      alerts: { webhookUrl: `http://127.0.0.1:${address.port}/` },
    });
    await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
    const app = await startIdleStore(settings, { ADAPTER_CONFIG: file });

    const { userId, roomId } = env.hiclaw.worker('alice');
    const placing = {
      store: app.store,
      agentId: agentIdSchema.parse(alice?.id),
      worker: { name: 'alice', userId, roomId },
    };
    const place = async (standing: Standing) => {
      const placed: { id: string }[] = [];
      while (placed.length < OF_EACH_STANDING) placed.push({ id: await placeHiring(placing, standing) });
      return placed;
    };
    const seen = async ({ id }: { readonly id: string }) => {
      const record = await app.store.hirings.find(hiringIdSchema.parse(id));
      return { id, version: record === undefined ? '' : versionOf(record) };
    };
    /** A question stays the last word of a room for as long as nobody says anything there. */
    const asking = async (name: string) => {
      const worker = env.hiclaw.worker(name);
      const question = await (await voiceIn(env, undefined, name)).say(ASKED);
      const at = { ...placing, worker: { name, userId: worker.userId, roomId: worker.roomId } };
      const id = await placeHiring(at, 'attention for a command', undefined, {
        guard: questionOf(question, ASKED),
      });
      return { id, question };
    };
    const paths: Record<string, readonly Record<string, string>[]> = {};
    const all: { id: string }[] = [];
    for (const standing of STANDINGS) all.push(...(await place(standing)));
    for (const operation of ['GET /hirings/{id}', 'GET /hirings/{id}/export']) paths[operation] = all;
    const sha256 = createHash('sha256').update('a,b').digest('hex');
    const files = [{ name: 'a.csv', sizeBytes: 3, sha256, type: 'text' }] as const;
    const result = { text: HAIKU, summary: 'A haiku', notes: [] };
    const id = await placeHiring(placing, 'attention for the result', undefined, {
      accepted: { result, sha256, digest: 'x', files },
    });
    const record = await app.store.hirings.find(id);
    env.hiclaw.put(`shared/tasks/${record?.attempt?.taskId ?? ''}/a.csv`, 'a,b');
    paths['GET /hirings/{id}/files/{sha256}'] = [{ id, sha256 }];
    for (const [verb, standings] of Object.entries(FITS)) {
      const fitting: { id: string }[] = [];
      for (const standing of standings) fitting.push(...(await place(standing)));
      paths[`POST /hirings/{id}/${verb}`] = await Promise.all(fitting.map(seen));
    }
    paths['POST /hirings/{id}/answer'] = await Promise.all(workers.slice(2).map(asking));
    for (const route of [
      'GET /agents/{id}',
      'PATCH /agents/{id}',
      'POST /agents/{id}/pause',
      'POST /agents/{id}/resume',
    ]) {
      paths[route] = [{ id: alice?.id ?? '' }];
    }
    // Its key is another from then on.
    paths['POST /agents/{id}/rotate-key'] = [{ id: bob?.id ?? '' }];
    paths['POST /workers/{name}/ping'] = [{ name: 'alice' }];
    for (const verb of ['start', 'stop']) paths[`POST /workers/{name}/${verb}`] = [{ name: 'bob' }];
    const bodies = {
      'POST /session': [{ token: OPERATOR }],
      'POST /hirings/{id}/submit': [{ text: HAIKU }],
      'POST /agents': workers.slice(2).map((worker) => ({
        worker,
        name: `Agent of ${worker}`,
        description: 'Writes notes',
        capabilities: ['writing'],
        price: '10.00',
      })),
      'PATCH /agents/{id}': [
        { basePrice: '12.50', description: 'Writes.', capabilities: ['writing'], status: 'active' },
      ],
    };

    const nowMs = Date.now();
    for (let count = 0; count < 30; count += 1) {
      const alert = { key: randomUUID(), kind: 'failed', text: 'A hiring failed.', atMs: nowMs } as const;
      const rules = { sinks: ['webhook'], perHour: 1_000, repeatAfterMs: 1, summarize: () => '' };
      await app.store.alerts.keep([alert], rules, nowMs);
      // Refused requests are recorded as well.
      await ask(app, '/hirings/x/hold', { method: 'POST', token: 'wrong' });
    }
    await use({ env, app, real: { paths, bodies } });
    await app.close();
    receiver.close();
    receiver.closeAllConnections();
  },
});

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  /** How often which status was answered, by operation. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function run({ app, env, real }: Furnished): Promise<Outcome> {
  const given = join(env.folder, 'real.json');
  const answered = join(env.folder, 'answers.json');
  await writeFile(given, JSON.stringify(real));
  const words = [
    'run',
    `${app.adminUrl}/api/v1/openapi.json`,
    '--header',
    `Authorization: Bearer ${OPERATOR}`,
    '--checks',
    CHECKS.join(','),
    '--exclude-path',
    '/events',
    '--max-examples',
    EXAMPLES,
    '--request-timeout',
    '60',
    '--no-color',
    '--continue-on-failure',
  ];
  const program = spawn(PROGRAM, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // It leaves notes of its own where it runs.
    cwd: env.folder,
    env: {
      ...process.env,
      SCHEMATHESIS_HOOKS: 'schemathesis_hooks',
      PYTHONPATH: import.meta.dirname,
      PYTHONDONTWRITEBYTECODE: '1',
      ADMIN_API_REAL: given,
      ADMIN_API_ANSWERS: answered,
    },
  });
  let output = '';
  program.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  program.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    program.once('error', reject);
    program.once('close', resolve);
  });
  const counted = z.record(z.string(), z.record(z.string(), z.int()));
  return { code, output, answers: counted.parse(JSON.parse(await readFile(answered, 'utf8'))) };
}

test.skipIf(PROGRAM === '')(
  'whatever the document allows or not, nothing breaks, nothing unknown is answered, and everything is done at least once',
  { timeout: 3_600_000 },
  async ({ furnished, expect }) => {
    const { code, output, answers } = await run(furnished);
    const counts = operations().map(({ method, path }) => {
      const operation = `${method} ${path}`;
      const statuses = Object.entries(answers[operation] ?? {});
      const done = statuses.flatMap(([status, count]) => (status.startsWith('2') ? [count] : []));
      return {
        operation,
        asked: statuses.reduce((sum, [, count]) => sum + count, 0),
        done: done.reduce((sum, count) => sum + count, 0),
      };
    });
    const lines = counts.map(({ operation, asked, done }) => `${operation}: ${done} of ${asked} done`);
    process.stdout.write(`${lines.join('\n')}\n`);
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    // No worker was offered twice, whatever came at once and again.
    const offered = furnished.env.marketplace
      .agents()
      .flatMap(({ metadata }) => z.string().safeParse(metadata['worker_matrix_id']).data ?? []);
    expect(offered).toHaveLength(new Set(offered).size);
    expect(counts.filter(({ done }) => done === 0).map(({ operation }) => operation)).toEqual([ENDLESS]);
  },
);
