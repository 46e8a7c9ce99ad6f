import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';
import { z } from 'zod';

import { ManualClock, startMarketplace } from './index.ts';
import { openRawClient } from './testing/raw-client.ts';
import { afterTest } from './testing/fixture.ts';

const seed = {
  users: [
    {
      id: '11111111-1111-4111-8111-111111111111',
      token: `ap_${'u'.repeat(43)}`,
      name: 'Dev',
      balance: '500.00',
    },
  ],
  agents: [
    {
      id: '22222222-2222-4222-8222-222222222222',
      ownerId: '11111111-1111-4111-8111-111111111111',
      apiKey: `${'k+/'.repeat(14)}k=`,
      did: 'did:agrenting:dev-coder',
      name: 'Dev coder',
      metadata: { worker_matrix_id: '@coder:localhost' },
    },
  ],
};
const ready = z.object({ marketplace: z.literal('ready'), url: z.url() });

test('a seed gives users and agents with stable credentials', async () => {
  const marketplace = await startMarketplace({ seed });
  afterTest(() => marketplace.close());
  const [agent] = seed.agents;
  const response = await fetch(`${marketplace.url}/api/v1/auth/authenticate`, {
    method: 'POST',
    headers: { 'X-API-Key': agent?.apiKey ?? '' },
  });
  expect(await response.json()).toMatchObject({ data: { agent: { id: agent?.id, name: 'Dev coder' } } });
  expect(marketplace.ledger.balance(seed.users[0]?.id ?? '')).toEqual({
    available: '500.00',
    escrow: '0.00',
  });
});

test('a seed that is not usable, or a port that is taken, is said at the start', async () => {
  const stranger = { ...seed, users: [] };
  await expect(startMarketplace({ seed: stranger })).rejects.toThrow('User not found');
  const marketplace = await startMarketplace();
  afterTest(() => marketplace.close());
  const port = Number(new URL(marketplace.url).port);
  await expect(startMarketplace({ port })).rejects.toThrow('EADDRINUSE');
});

test('close ends every stream and alarm, and may be repeated', async () => {
  const clock = new ManualClock();
  const marketplace = await startMarketplace({ clock, seed });
  const agentId = seed.agents[0]?.id ?? '';
  const client = await openRawClient(marketplace.url, seed.agents[0]?.apiKey ?? '', { pong: true });
  const hirerId = seed.users[0]?.id ?? '';
  const { id } = marketplace.hire({ hirerId, agentId, taskDescription: 'Unfinished' });
  await marketplace.hirings.when(id, 'in_progress');
  expect(clock.pending).toBeGreaterThan(0);
  await Promise.all([marketplace.close(), marketplace.close()]);
  await client.ended;
  expect(clock.pending).toBe(0);
  await expect(fetch(marketplace.url)).rejects.toThrow('fetch failed');
});

test('the entry script says where it listens, and ends on SIGTERM', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'marketplace-'));
  afterTest(() => rm(directory, { recursive: true }));
  const file = join(directory, 'seed.json');
  await writeFile(file, JSON.stringify(seed));
  const script = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=agrenting-hiclaw-source', script, '--port', '0', '--seed', file],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  afterTest(() => void child.kill('SIGKILL'));
  const [line] = z.tuple([z.instanceof(Buffer)]).parse(await once(child.stdout, 'data'));
  const { url } = ready.parse(JSON.parse(line.toString()));
  const profile = await fetch(`${url}/api/v1/agents/${encodeURIComponent('did:agrenting:dev-coder')}`);
  expect(await profile.json()).toMatchObject({ data: { id: seed.agents[0]?.id } });
  const client = await openRawClient(url, seed.agents[0]?.apiKey ?? '');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await client.ended;
});
