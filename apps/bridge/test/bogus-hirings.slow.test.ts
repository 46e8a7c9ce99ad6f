import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { freePort, until } from '@agrenting-hiclaw/sandbox/testing';
import { byWebhook, KEY, settingsOf, test } from './environment.ts';

const BOGUS = 400;
const AT_ONCE = 20;
/** Generous for a busy machine: without the bogus ones, a hire takes a second or two. */
const MAX_WAIT_MS = 30_000;

describe('webhooks of hirings that the marketplace does not know', () => {
  test('four hundred of them do not keep a rightful hire from its worker', async ({
    openEnvironment,
    expect,
  }) => {
    const port = await freePort();
    const env = await openEnvironment(byWebhook(port));
    // As the marketplace limits, and not as other tests want it.
    env.marketplace.switches.setDefaults({ rate_limit_per_minute: 100 });
    const app = await env.startApp(settingsOf(port));
    const statuses = new Set<number>();
    const post = async (): Promise<void> => {
      const body = {
        hiring_id: randomUUID(),
        agent_id: env.agents[0]?.id,
        task: { description: 'Nobody paid for this' },
      };
      const headers = { authorization: `ApiKey ${KEY}` };
      const answer = await fetch(app.webhookUrl, { method: 'POST', headers, body: JSON.stringify(body) });
      statuses.add(answer.status);
      await answer.text();
    };
    for (let sent = 0; sent < BOGUS; sent += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, post));
    }
    expect([...statuses]).toEqual([200]);
    const startedAtMs = performance.now();
    const { id } = env.hire();
    await until(() => env.assignments().includes(`${id} 1`));
    const tookMs = performance.now() - startedAtMs;
    expect(tookMs).toBeLessThan(MAX_WAIT_MS);
    expect(env.said()).toHaveLength(1);
  });
});
