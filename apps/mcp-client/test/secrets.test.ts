import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from './environment.ts';

/** A repository that nobody serves. */
const NOWHERE = { origin: 'https://127.0.0.1:1', private: true };

test('no credential leaves the adapter: not in logs, health, rooms, storage or the store', async ({
  openBox,
  startProcess,
  expect,
}) => {
  const box = await openBox({ listing: { category: 'coding' } });
  const app = await startProcess(box, { log: { level: 'trace' }, push: { hosts: [NOWHERE] } });

  const pushed = box.hire('alice', 'Fix the bug.', {
    deliveryMode: 'push',
    repoUrl: `${NOWHERE.origin}/acme/ui-kit`,
    repoAccessToken: 'ghp_canary-repository-token',
  });
  const { id } = box.hire('alice', 'Write a note about escrow.', {
    taskInput: { delivery_mode: 'output', service_token: 'canary-in-task-input' },
  });
  await box.ended(id);
  await app.printed('step failed');
  box.marketplace.cancel(pushed.id);
  await app.printed('confirmed -> cancelled');

  const health = /"health":"([^"]+)"/.exec(app.output)?.[1] ?? '';
  const answers = await Promise.all(
    ['health', 'ready', 'metrics'].map(async (path) => await (await fetch(`${health}/${path}`)).text()),
  );
  const objects = box.hiclaw
    .objects('shared/')
    .map(({ key }) => `${key} ${Buffer.from(box.hiclaw.object(key) ?? '').toString('utf8')}`);
  const rooms = box.hiclaw.workers.map(({ roomId }) => JSON.stringify(box.hiclaw.timeline(roomId)));
  const files = (await readdir(box.folder)).filter((name) => name.startsWith('store.sqlite'));
  const store = await Promise.all(
    files.map(async (name) => await readFile(join(box.folder, name), 'latin1')),
  );
  expect(objects.join()).toContain('Write a note about escrow.');
  expect(store.join()).toContain(id);

  const secrets = [
    'ghp_canary-repository-token',
    'canary-in-task-input',
    box.agents[0]?.apiKey ?? '',
    box.hiclaw.homeserver.adapter.accessToken,
    box.hiclaw.storage.secretKey,
    box.storeKey,
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
