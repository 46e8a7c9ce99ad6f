import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from './environment.ts';

/** A repository that nobody serves. */
const NOWHERE = { origin: 'https://127.0.0.1:1', private: true };

test('no credential leaves the adapter: not in logs, health, rooms, storage or the store', async ({
  openEnvironment,
  startProcess,
  expect,
}) => {
  const env = await openEnvironment({ listing: { category: 'coding' } });
  const app = await startProcess(env, { log: { level: 'trace' }, push: { hosts: [NOWHERE] } });

  const pushed = env.hire('alice', 'Fix the bug.', {
    deliveryMode: 'push',
    repoUrl: `${NOWHERE.origin}/acme/ui-kit`,
    repoAccessToken: 'ghp_canary-repository-token',
  });
  const { id } = env.hire('alice', 'Write a note about escrow.', {
    taskInput: { delivery_mode: 'output', service_token: 'canary-in-task-input' },
  });
  await env.ended(id);
  await app.printed('step failed');
  env.marketplace.cancel(pushed.id);
  await app.printed('confirmed -> cancelled');

  const health = /"health":"([^"]+)"/.exec(app.output)?.[1] ?? '';
  const answers = await Promise.all(
    ['health', 'ready', 'metrics'].map(async (path) => await (await fetch(`${health}/${path}`)).text()),
  );
  const objects = env.hiclaw
    .objects('shared/')
    .map(({ key }) => `${key} ${Buffer.from(env.hiclaw.object(key) ?? '').toString('utf8')}`);
  const rooms = env.hiclaw.workers.map(({ roomId }) => JSON.stringify(env.hiclaw.timeline(roomId)));
  const files = (await readdir(env.folder)).filter((name) => name.startsWith('store.sqlite'));
  const store = await Promise.all(
    files.map(async (name) => await readFile(join(env.folder, name), 'latin1')),
  );
  expect(objects.join()).toContain('Write a note about escrow.');
  expect(store.join()).toContain(id);

  const secrets = [
    'ghp_canary-repository-token',
    'canary-in-task-input',
    env.agents[0]?.apiKey ?? '',
    env.hiclaw.homeserver.adapter.accessToken,
    env.hiclaw.storage.secretKey,
    env.storeKey,
  ];
  const outlets = {
    log: app.output,
    health: answers.join(),
    objects: objects.join(),
    rooms: rooms.join(),
    store: store.join(),
  };
  const leaks = Object.entries(outlets).flatMap(([outlet, text]) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${outlet}`),
  );
  expect(leaks).toEqual([]);
});
