import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TheirClock, type Store } from '@agrenting-hiclaw/core/domain';
import { checkConfiguration, createLogger, systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReceiver, type Receive } from '../src/webhook/receiver.ts';

/** `npm run test:long -- fuzz` sets it. */
const INPUTS = Number(process.env['TEST_FUZZ_INPUTS'] ?? '4000');
const AT_ONCE = 20;
const KEY = 'a-key-of-the-webhook-0123456789';
const SECRET = 'a-secret-that-both-know';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** No answer takes so long, whatever was sent. */
const HANG_MS = 5_000;

let folder: string;
let store: Store;
let receive: Receive;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
  const key = randomBytes(32).toString('base64');
  store = openStore({ file: join(folder, 'store.db'), key: EncryptionKey.fromText(key) });
  const configuration = await configurationOf(folder, key);
  const log = createLogger('fuzz', 'info', { write: () => undefined });
  receive = createReceiver({
    configuration,
    store,
    client: { theirClock: new TheirClock() },
    clock: systemClock,
    log,
    metrics: new Registry(),
  });
});

afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function configurationOf(inFolder: string, key: string): Promise<Configuration> {
  const loaded = await checkConfiguration(
    {
      agents: [{ key: 'key', worker: 'alice' }],
      matrix: { homeserverUrl: 'http://127.0.0.1:9', userId: '@agrenting:test', accessToken: 'token' },
      storage: { endpoint: 'http://127.0.0.1:9', accessKey: 'user', secretKey: 'secret' },
      store: { file: join(inFolder, 'store.db'), key },
      workers: { list: [{ name: 'alice', userId: '@alice:test', roomId: '!alice:test' }] },
      webhook: { keys: [KEY], signatureSecrets: [SECRET], signature: 'optional', secretHeader: true },
    },
    {},
    { webhook: true },
  );
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration;
}

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-fA-F]{${length}}$`));
const uuid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join('-'));
const nasty = fc.constantFrom<unknown>(
  null,
  true,
  -0,
  Number.MAX_VALUE,
  '',
  '../../agents/x/openclaw.json',
  '%2e%2e%2f',
  '\u0000',
  '\uD800',
  '\u202E',
  '@room',
  '/approve',
  [],
  {},
  [[[[[]]]]],
);
const value = fc.oneof(nasty, fc.string({ unit: 'binary' }), fc.double(), fc.jsonValue({ maxDepth: 4 }));
const FIELDS = [
  'agent_id',
  'worker_matrix_id',
  'task',
  'customer_id',
  'price',
  'capability',
  'task_input',
  'client_message',
  'deadline_at',
  'callback',
  'timestamp',
  '__proto__',
  'constructor',
  'event',
  'type',
];
const fields = fc.dictionary(fc.oneof(fc.constantFrom(...FIELDS), fc.string()), value, { maxKeys: 8 });
const dispatch = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: uuid }, value), fields)
  .map(([hiring_id, others]) => JSON.stringify({ ...others, hiring_id }));
/** A right document with a piece of something else in it. */
const spliced = fc
  .tuple(
    dispatch,
    fc.nat(400),
    fc.nat(40),
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '{', '[', '\\', '\\u', '}')),
  )
  .map(([text, at, length, piece]) => `${text.slice(0, at)}${piece}${text.slice(at + length)}`);
const deep = fc
  .tuple(fc.constantFrom('[', '{"a":', '[{"a":'), fc.integer({ min: 1, max: 3_000 }))
  .map(([piece, times]) => piece.repeat(times));
const body = fc.oneof(
  { weight: 5, arbitrary: dispatch.map((text) => Buffer.from(text)) },
  { weight: 3, arbitrary: spliced.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: deep.map((text) => Buffer.from(text)) },
);
const headerText = fc.string({
  unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)),
});
const rightHeader = fc.constantFrom(`ApiKey ${KEY}`, KEY, `apikey  ${KEY}`, ` ${KEY} `);
const authorization = fc.oneof(
  { weight: 6, arbitrary: rightHeader.map((text) => [text]) },
  { weight: 1, arbitrary: headerText.map((text) => [text]) },
  { weight: 1, arbitrary: fc.array(fc.oneof(rightHeader, headerText), { maxLength: 3 }) },
);
const SIGNED = [
  'x-webhook-signature',
  'x-webhook-secret',
  'x-webhook-event',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
];
const others = fc.dictionary(fc.constantFrom(...SIGNED), headerText, { maxKeys: 3 });

interface Input {
  readonly body: Buffer;
  readonly authorization: readonly string[];
  readonly others: Readonly<Record<string, string>>;
}
const input: fc.Arbitrary<Input> = fc.record({
  body,
  authorization,
  others: fc.option(others, { freq: 3, nil: {} }),
});

async function answerTo({ body: bytes, authorization: keys, others: more }: Input) {
  const rawHeaders = [
    ...keys.flatMap((text) => ['Authorization', text]),
    ...Object.entries(more).flatMap(([name, text]) => [name, text]),
  ];
  const headers: IncomingHttpHeaders = {
    ...more,
    ...(keys[0] === undefined ? {} : { authorization: keys[0] }),
  };
  const readBody = async () => await Promise.resolve({ kind: 'body', bytes } as const);
  const startedAtMs = performance.now();
  const answer = await receive({ headers, rawHeaders, client: '192.0.2.1', readBody });
  answer.afterwards?.();
  return { ...answer, tookMs: performance.now() - startedAtMs };
}

function isRight(given: readonly string[]): boolean {
  const [only, another] = given;
  if (only === undefined || another !== undefined) return false;
  return only.replace(/^apikey /i, '').trim() === KEY;
}

test(
  'whatever comes is answered, never with a 5xx, and every row is a hiring under its UUID',
  async () => {
    const received = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(input, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (inputs) => {
        const answers = await Promise.all(inputs.map(answerTo));
        for (const [index, { status, body: said, tookMs }] of answers.entries()) {
          const { body: bytes, authorization: keys } = inputs[index] ?? {
            body: Buffer.alloc(0),
            authorization: [],
          };
          // With a right key a signature may still be a wrong one.
          expect(isRight(keys) ? [200, 400, 401, 429] : [401, 429]).toContain(status);
          expect(tookMs).toBeLessThan(HANG_MS);
          // Without a note it was a hiring.
          if (status === 200 && said['note'] === undefined) received.add(idOf(bytes));
        }
      }),
      { numRuns: Math.ceil(INPUTS / AT_ONCE), endOnFailure: false },
    );
    expect([...received].filter((id) => !UUID.test(id))).toEqual([]);
    const { byState } = await store.hirings.queueStats(0, 0);
    expect(byState.received).toBe(received.size);
  },
  Math.max(60_000, INPUTS * 5),
);

function idOf(bytes: Buffer): string {
  const document: unknown = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  const id: unknown =
    typeof document === 'object' && document !== null ? Reflect.get(document, 'hiring_id') : undefined;
  return typeof id === 'string' ? id.toLowerCase() : '';
}
