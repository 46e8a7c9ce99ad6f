import { createHmac, randomUUID } from 'node:crypto';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { addresses, Strangers } from './strangers.ts';
import { dispatchBody, KEY, test, type BridgeFixture } from './bridge-fixture.ts';

const PATH = '/webhook/agrenting/hiring';
const HEAD = `HEAD ${PATH} HTTP/1.1\r\nhost: x\r\n\r\n`;
const SECRET = 'a-secret-that-both-know';
const MEGABYTE = 1_024 * 1_024;
/** Within which a probe of the marketplace has to be answered (Agrenting API reference, 6.3). */
const PROBE_MS = 2_000;

async function probed(url: string): Promise<number> {
  const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
  return answer.status;
}

function signed(body: string): Record<string, string> {
  return { 'x-webhook-signature': createHmac('sha256', SECRET).update(body).digest('hex') };
}

/** How many of so many rightful hires, one after the other, are taken. */
async function taken(
  { post }: BridgeFixture,
  count: number,
  headers?: (body: string) => Record<string, string>,
) {
  let accepted = 0;
  for (let nth = 0; nth < count; nth += 1) {
    const body = dispatchBody(randomUUID());
    const answer = await post(body, headers?.(body)).catch(() => undefined);
    if (answer?.status === 200) accepted += 1;
  }
  return accepted;
}

const CROWDS = [
  ['of one address', ['127.0.0.1']],
  ['of another address', ['127.1.9.9']],
  ['of a thousand addresses', addresses(1_000)],
] as const;

// Each has a server of its own with thousands of connections: one after the other.
describe('strangers', () => {
  test.for(CROWDS)(
    '%s who leave 4,096 connections idle behind a HEAD keep nobody out',
    { timeout: 60_000 },
    async ([, from], { listen, expect, onTestFinished }) => {
      const bridge = await listen();
      const strangers = new Strangers(bridge.port);
      onTestFinished(async () => await strangers.leave());
      await strangers.come(4_096, HEAD, from);
      await until(() => strangers.statuses.includes(200));
      expect(await probed(bridge.url)).toBe(200);
      expect(await taken(bridge, 20)).toBe(20);
    },
  );

  test.for(CROWDS)(
    '%s whose headers never end keep nobody out',
    { timeout: 60_000 },
    async ([, from], { listen, expect, onTestFinished }) => {
      const bridge = await listen();
      const strangers = new Strangers(bridge.port);
      onTestFinished(async () => await strangers.leave());
      await strangers.come(4_096, `POST ${PATH} HTTP/1.1\r\nhost: x\r\nx-slow: `, from);
      expect(await probed(bridge.url)).toBe(200);
      expect(await taken(bridge, 20)).toBe(20);
    },
  );

  test.for(CROWDS)(
    '%s whose bodies never end take no room from hires that are signed only',
    { timeout: 60_000 },
    async ([, from], { listen, expect, onTestFinished }) => {
      const bridge = await listen({ webhook: { keys: [], signatureSecrets: [SECRET] } });
      const strangers = new Strangers(bridge.port);
      onTestFinished(async () => await strangers.leave());
      const head = `POST ${PATH} HTTP/1.1\r\nhost: x\r\nx-webhook-signature: ${'0'.repeat(64)}\r\ncontent-length: ${MEGABYTE}\r\n\r\n`;
      await strangers.come(70, `${head}${'x'.repeat(MEGABYTE - 1)}`, from);
      expect(await probed(bridge.url)).toBe(200);
      expect(await taken(bridge, 20, signed)).toBe(20);
    },
  );

  test(
    'whom a proxy names take no room from those whom it names otherwise',
    { timeout: 60_000 },
    async ({ listen, expect, onTestFinished }) => {
      const bridge = await listen({
        webhook: { keys: [], signatureSecrets: [SECRET], trustedProxies: ['127.0.0.1'] },
      });
      const strangers = new Strangers(bridge.port);
      onTestFinished(async () => await strangers.leave());
      const head = `POST ${PATH} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 203.0.113.9\r\nx-webhook-signature: ${'0'.repeat(64)}\r\ncontent-length: ${MEGABYTE}\r\n\r\n`;
      await strangers.come(20, `${head}${'x'.repeat(MEGABYTE - 1)}`);
      // One network has 4 MiB: the bodies that came first have made room for the others.
      await until(() => strangers.statuses.filter((status) => status === 503).length === 16);
      expect(
        await taken(bridge, 20, (body) => ({ ...signed(body), 'x-forwarded-for': '198.51.100.7' })),
      ).toBe(20);
    },
  );

  test(
    'never have a connection closed that has shown the key',
    { timeout: 60_000 },
    async ({ listen, expect, onTestFinished }) => {
      const bridge = await listen();
      const strangers = new Strangers(bridge.port);
      onTestFinished(async () => await strangers.leave());
      const rightful = new Strangers(bridge.port);
      onTestFinished(async () => await rightful.leave());
      const body = dispatchBody(randomUUID());
      const post = `POST ${PATH} HTTP/1.1\r\nhost: x\r\nauthorization: ApiKey ${KEY}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      await rightful.come(3, post);
      await until(() => rightful.statuses.every((status) => status === 200));
      await strangers.come(3_000, HEAD);
      await until(() => strangers.open <= 512);
      expect(rightful.open).toBe(3);
    },
  );

  test(
    'who hand in results without a token have none of them read',
    { timeout: 60_000 },
    async ({ listen, expect, onTestFinished }) => {
      const bridge = await listen({ webhook: { resultsUrl: 'http://127.0.0.1:1' } });
      const strangers = new Strangers(bridge.port);
      onTestFinished(async () => await strangers.leave());
      const head = `POST /hirings/${randomUUID()}/result HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`;
      const chunk = `${(900_000).toString(16)}\r\n${'x'.repeat(900_000)}`;
      await strangers.come(30, `${head}${chunk}`);
      // Each is answered although its body does not end, and its connection ends.
      await until(() => strangers.open === 0);
      expect(strangers.statuses.filter((status) => status !== 0)).toEqual([
        ...Array.from({ length: 10 }, () => 401),
        ...Array.from({ length: 20 }, () => 429),
      ]);
      expect(await taken(bridge, 20)).toBe(20);
    },
  );
});
