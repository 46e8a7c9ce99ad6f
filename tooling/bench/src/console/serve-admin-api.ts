import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Folder } from '../engine/folder.ts';
import { agentIdOf, workerOf } from '../seller.ts';

/** An admin-api over a store that was filled, in a process of its own. */
export interface ServedApi {
  readonly url: string;
  readonly token: string;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('../../../../apps/admin-api/src/main.ts', import.meta.url));
/** Nobody listens there: what is measured asks only the store. */
const NOWHERE = 'http://127.0.0.1:9';
const started = z.object({ admin: z.string() });

/** Starts it with as many agents and workers as the store has hirings of. Rejects when it does not come up. */
export async function serveAdminApi({ storeFile, storeKey }: Folder, sellers: number): Promise<ServedApi> {
  const token = randomUUID();
  const hash = `sha256:${createHash('sha256').update(token).digest('hex')}`;
  const workers = Array.from({ length: sellers }, (_, number) => workerOf(number));
  const configuration = {
    marketplace: { baseUrl: NOWHERE },
    agents: workers.map(({ name }, number) => ({ id: agentIdOf(number), key: 'not used', worker: name })),
    matrix: { homeserverUrl: NOWHERE, userId: '@agrenting:bench', accessToken: 'not used' },
    storage: { endpoint: NOWHERE, accessKey: 'bench', secretKey: 'not used' },
    workers: { list: workers.map(({ name, userId, roomId }) => ({ name, userId, roomId })) },
    store: { file: storeFile, key: storeKey },
    health: { port: 0 },
    admin: { port: 0, tokens: [{ name: 'bench', role: 'operator', hash }] },
  };
  const file = `${storeFile}.json`;
  await writeFile(file, JSON.stringify(configuration), { mode: 0o600 });
  const child = spawn(process.execPath, ['--conditions=agrenting-hiclaw-source', PROGRAM], {
    env: { PATH: process.env['PATH'], ADAPTER_CONFIG: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface(child.stdout).on('line', (line) => {
    const printed = line.startsWith('{') ? started.safeParse(JSON.parse(line)).data : undefined;
    if (printed !== undefined) resolve(printed.admin);
  });
  const exited = once(child, 'exit');
  void exited.then(([code]) => reject(new Error(`admin-api ended with ${String(code)}`)));
  return {
    url: await promise,
    token,
    async stop() {
      child.kill();
      await exited;
    },
  };
}
