import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Child } from './child.ts';
import { demoHires, type DemoHire } from './hires.ts';
import { openRepository, type DemoRepository } from './repository.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const ADAPTER = 'apps/mcp-client/src/main.ts';

const marketplaceLine = z.object({ url: z.string() });
const hiclawLine = z.object({
  homeserver: z.object({
    url: z.string(),
    adapter: z.object({ userId: z.string(), accessToken: z.string() }),
  }),
  storage: z.object({
    endpoint: z.string(),
    bucket: z.string(),
    accessKey: z.string(),
    secretKey: z.string(),
  }),
  manager: z.object({ home: z.string(), lifecycleCommand: z.string(), controlUrl: z.string() }),
});

/** Everything of one demo: two simulated servers, the real adapter, and the folder that holds their files. */
export interface Environment {
  readonly folder: string;
  readonly logFile: string;
  /** Of the adapter: with it, the command line tool looks at the same store. */
  readonly configFile: string;
  readonly marketplaceUrl: string;
  readonly hiclaw: z.infer<typeof hiclawLine>;
  readonly hires: readonly DemoHire[];
  /** Undefined where git is not installed. */
  readonly repository: DemoRepository | undefined;
  readonly hirerId: string;
  readonly ownerId: string;
  readonly servers: readonly Child[];
  /** The adapter as this demo started it; somebody may have killed it and started another. */
  readonly adapter: Child;
  /** Types into a terminal to start the adapter again. */
  readonly adapterCommand: string;
  close(): Promise<void>;
}

/** Starts both sandboxes, each seeded with agents or workers, and the adapter between them. */
export async function startEnvironment(): Promise<Environment> {
  const folder = await mkdtemp(join(tmpdir(), 'agrenting-hiclaw-demo-'));
  const ownerId = randomUUID();
  const hirerId = randomUUID();
  const repository = await openRepository();
  const hires = demoHires(repository !== undefined);
  const agents = hires.map(({ worker, manner }) => ({
    id: randomUUID(),
    ownerId,
    name: worker,
    apiKey: randomBytes(32).toString('base64'),
    capabilities: ['writing'],
    basePrice: '10.00',
    // Only such agents are shown a repository (Agrenting API reference, 9).
    ...(manner === 'changes code' ? { category: 'coding' } : {}),
  }));

  const marketplaceSeed = join(folder, 'marketplace.json');
  const users = [
    { id: ownerId, name: 'owner', balance: '0.00' },
    { id: hirerId, name: 'hirer', balance: '100.00' },
  ];
  await writeFile(marketplaceSeed, JSON.stringify({ users: users.map(withoutEmptyBalance), agents }));
  const hiclawSeed = join(folder, 'hiclaw.json');
  const managerHome = join(folder, 'manager');
  await mkdir(managerHome);
  const workers = hires.map(({ worker, running }) => ({ name: worker, running }));
  await writeFile(hiclawSeed, JSON.stringify({ workers, managerHome }));

  const servers: Child[] = [];
  try {
    const [marketplace, hiclaw] = await Promise.all([
      announced(servers, 'marketplace', [
        'tooling/sandbox/src/marketplace/main.ts',
        '--seed',
        marketplaceSeed,
      ]),
      announced(servers, 'hiclaw', ['tooling/sandbox/src/hiclaw/main.ts', '--seed', hiclawSeed]),
    ]);
    const marketplaceUrl = marketplaceLine.parse(marketplace).url;
    const env = hiclawLine.parse(hiclaw);

    const configFile = join(folder, 'adapter.json');
    const configuration = adapterConfiguration(marketplaceUrl, env, folder, agents, repository?.origin);
    await writeFile(configFile, JSON.stringify(configuration, null, 2), { mode: 0o600 });
    const logFile = join(folder, 'mcp-client.log');
    const program = {
      name: 'mcp-client',
      argv: [ADAPTER],
      cwd: ROOT,
      environment: { ADAPTER_CONFIG: configFile },
    };
    const adapter = Child.logged(program, logFile);
    return {
      folder,
      logFile,
      configFile,
      marketplaceUrl,
      hiclaw: env,
      hires,
      repository,
      hirerId,
      ownerId,
      servers,
      adapter,
      adapterCommand: `cd ${ROOT} && ADAPTER_CONFIG=${configFile} ${process.execPath} --conditions=agrenting-hiclaw-source ${ADAPTER} >> ${logFile} 2>&1`,
      close: async () => {
        await adapter.end();
        await repository?.close();
        await Promise.all(servers.map(async (server) => await server.end()));
      },
    };
  } catch (error) {
    await repository?.close();
    await Promise.all(servers.map(async (server) => await server.end()));
    throw error;
  }
}

async function announced(servers: Child[], name: string, argv: readonly string[]): Promise<unknown> {
  const { child, line } = await Child.announced({ name, argv, cwd: ROOT });
  servers.push(child);
  return line;
}

function withoutEmptyBalance({ balance, ...user }: { id: string; name: string; balance: string }) {
  return balance === '0.00' ? user : { ...user, balance };
}

/** The adapter's configuration file, JSON being YAML too. Waits are short, because these workers start in a second. */
function adapterConfiguration(
  baseUrl: string,
  { homeserver, storage, manager }: z.infer<typeof hiclawLine>,
  folder: string,
  agents: readonly { id: string; apiKey: string; name: string }[],
  repositories: string | undefined,
): object {
  return {
    marketplace: { baseUrl },
    agents: agents.map(({ id, apiKey, name }) => ({ id, key: apiKey, worker: name })),
    matrix: { homeserverUrl: homeserver.url, ...homeserver.adapter },
    storage,
    workers: { registryFile: join(manager.home, 'workers-registry.json') },
    lifecycle: { driver: 'script', command: [manager.lifecycleCommand], startedWaitSeconds: 2 },
    store: { file: join(folder, 'adapter.sqlite'), key: randomBytes(32).toString('base64') },
    health: { port: 0 },
    // A host on this machine, which only its owner can allow.
    ...(repositories === undefined ? {} : { push: { hosts: [{ origin: repositories, private: true }] } }),
    timing: {
      inspectSeconds: 1,
      quietSeconds: 0.5,
      acknowledgeSeconds: 8,
      rereadSeconds: 2,
      leaseSeconds: 4,
      stillSeconds: 0.5,
      blockedSeconds: 1,
    },
  };
}
