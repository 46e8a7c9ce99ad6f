import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where nobody listens: what is served does not wait for the other side. */
const NOWHERE = 'http://127.0.0.1:9';

function settings(folder: string): object {
  return {
    marketplace: { baseUrl: NOWHERE },
    agents: [{ id: '5b7f1c1e-2f6b-4c55-9b0e-0e6d2f1f8a11', key: 'k'.repeat(32), worker: 'alice' }],
    matrix: { homeserverUrl: NOWHERE, userId: '@agrenting:local', accessToken: 'x' },
    hiclaw: { profile: '1.2' },
    storage: { endpoint: NOWHERE, bucket: 'bucket', accessKey: 'x', secretKey: 'x' },
    workers: { list: [{ name: 'alice', userId: '@alice:local', roomId: '!room:local' }] },
    lifecycle: { driver: 'none' },
    store: { file: join(folder, 'store.sqlite'), key: Buffer.alloc(32).toString('base64') },
    health: { port: 0 },
    webhook: { port: 0, keys: ['k'.repeat(64)] },
    admin: {
      port: 0,
      tokens: [
        {
          name: 'olga',
          role: 'operator',
          hash: `sha256:${createHash('sha256').update('x').digest('hex')}`,
        },
      ],
    },
  };
}

/** Starts a deployed app with Node alone, has `look` at the address that it names as `said` in its log, and ends it. */
export async function withDeployedApp(
  main: string,
  appArguments: readonly string[],
  said: 'admin' | 'health',
  look: (url: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'deployed-'));
  const file = join(folder, 'adapter.json');
  writeFileSync(file, JSON.stringify(settings(folder)), { mode: 0o600 });
  const child = spawn(process.execPath, [main, ...appArguments], {
    env: { HOME: folder, ADAPTER_CONFIG: file },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  try {
    const { promise: named, resolve, reject } = Promise.withResolvers<string>();
    const address = new RegExp(`"${said}":"(http[^"]+)"`);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const [, url] = address.exec(output) ?? [];
        if (url !== undefined) resolve(url);
      });
    }
    void ended.then(() => reject(new Error(`it ended:\n${output}`)));
    await look(await named);
  } finally {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true });
  }
}
