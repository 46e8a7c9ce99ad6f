// Sends webhooks as the marketplace does, from a process of its own, as fast as so many connections get answers.
import { createHmac, randomUUID } from 'node:crypto';
import { Client } from 'undici';
import { agentIdOf } from '../seller.ts';
import { quantile } from '../statistics.ts';
import { BENCH_KEY, BENCH_SECRET, loadOrderSchema, WEBHOOK_PATH, type LoadResult } from './orders.ts';

const order = loadOrderSchema.parse(JSON.parse(process.argv[2] ?? ''));
process.send?.(await run());

async function run(): Promise<LoadResult> {
  const { url, requests, connections } = order;
  // Made before, so that making them costs no time of the measurement.
  const prepared = Array.from({ length: requests }, () => {
    const body = bodyOf(randomUUID());
    return { body, signature: createHmac('sha256', BENCH_SECRET).update(body).digest('base64') };
  });
  const latencies: number[] = [];
  let failed = 0;
  const next = prepared.values();
  const startedAtMs = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new Client(url);
      for (const { body, signature } of next) {
        const sentAtMs = performance.now();
        const status = await post(client, body, signature);
        latencies.push(performance.now() - sentAtMs);
        if (status !== 200) failed += 1;
      }
      await client.close();
    }),
  );
  const tookMs = performance.now() - startedAtMs;
  return {
    perSecond: (requests / tookMs) * 1_000,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    failed,
  };
}

async function post(client: Client, body: string, signature: string): Promise<number> {
  try {
    const answer = await client.request({
      method: 'POST',
      path: WEBHOOK_PATH,
      headers: {
        'content-type': 'application/json',
        authorization: `ApiKey ${BENCH_KEY}`,
        'x-webhook-signature': signature,
      },
      body,
    });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return 0;
  }
}

/** About 900 bytes, with what the adapter page's example has. */
function bodyOf(hiringId: string): string {
  return JSON.stringify({
    hiring_id: hiringId,
    agent_id: agentIdOf(0),
    worker_matrix_id: '@alice:bench',
    task: { description: 'Implement a dark-mode toggle in React. '.repeat(9) },
    customer_id: 'f9e8d7c6-b5a4-3210-fedc-ba9876543210',
    price: '25.00',
    capability: 'coding',
    task_input: { delivery_mode: 'output' },
    client_message: 'Please keep it accessible.',
    deadline_at: '2036-04-17T12:00:00Z',
    callback: `https://agrenting.com/api/v1/hirings/${hiringId}/result`,
    timestamp: '2026-04-16T10:00:00Z',
  });
}
