import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { createRestClient, parseBaseUrl, type RestClient } from '@agrenting-hiclaw/core/agrenting';
import { Secret, type Clock } from '@agrenting-hiclaw/core/domain';
import { expect, onTestFinished, test } from 'vitest';
import { KEY, temporaryDirectory } from '../../../test/fixtures.ts';
import { openStore } from '../store.ts';

/** A marketplace that states a limit in its first answer, as a gateway does that goes away. */
async function marketplace() {
  let answers = 0;
  const server = createServer((_, response) => {
    answers += 1;
    const limit = answers === 1 ? { 'X-RateLimit-Limit': '5;w=3600', 'X-RateLimit-Remaining': '4' } : {};
    response.writeHead(200, { 'Content-Type': 'application/json', ...limit }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const parsed = parseBaseUrl(`http://127.0.0.1:${address.port}`);
  if (parsed.kind !== 'valid') throw new Error(parsed.problem);
  return parsed.baseUrl;
}

async function goes(client: RestClient): Promise<number> {
  const access = client.access(new Secret('key'));
  for (let count = 0; ; count += 1) {
    const answer = await client.send({ method: 'GET', path: '/x', access, schemes: 'key', settles: true });
    if (answer.kind === 'limited') return count;
  }
}

test('a limit that was stated once lapses for every process of the store', async () => {
  const directory = temporaryDirectory();
  onTestFinished(() => directory.remove());
  let nowMs = Date.now() + 0.25;
  const clock: Clock = {
    nowMs: () => nowMs,
    elapsedMs: () => nowMs,
    sleep: async (_waitMs, signal) => await once(signal, 'abort').then(() => undefined),
  };
  const baseUrl = await marketplace();
  const [here, elsewhere] = [1, 2].map(() => {
    const store = openStore({ file: join(directory.path, 'store.db'), key: KEY });
    const client = createRestClient({ baseUrl, clock, budgets: store.requestBudgets });
    onTestFinished(async () => {
      client.close();
      await store.close();
    });
    return client;
  });
  if (here === undefined || elsewhere === undefined) throw new Error('no clients');
  expect(await goes(here)).toBe(5);
  nowMs += 59 * 60_000;
  expect(await goes(elsewhere)).toBe(5);
  nowMs += 2 * 60_000;
  expect([await goes(elsewhere), await goes(here)]).toEqual([100, 0]);
});
