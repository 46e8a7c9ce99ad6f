import { createMarketplace, createRestClient, parseBaseUrl } from '@agrenting-hiclaw/core/agrenting';
import {
  agentIdSchema,
  hiringIdSchema,
  Secret,
  taskIdOf,
  type Marketplace,
} from '@agrenting-hiclaw/core/domain';
import {
  createHomeserver,
  createMessenger,
  createObjectStore,
  createTaskStorage,
} from '@agrenting-hiclaw/hiclaw';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { agentIdOf, OUR_USER, workerOf } from '../seller.ts';

/** The adapter's clients without engine and store. */
export interface Control {
  /** Hands these hirings over, `concurrency` at once: the first to agent 0, and so on. Resolves when the last message has its event id. */
  handOver(ids: readonly string[], agents: number, concurrency: number): Promise<void>;
  close(): void;
}

/**
 * The ideal pipeline: it makes the outside calls that the engine makes for one hiring from heard to told, with
 * the same clients, and remembers nothing.
 */
export function createControl(outsideUrl: string): Control {
  const clock = systemClock;
  const parsed = parseBaseUrl(outsideUrl);
  if (parsed.kind !== 'valid') throw new Error(parsed.problem);
  const client = createRestClient({ baseUrl: parsed.baseUrl, clock });
  const homeserver = createHomeserver({
    url: outsideUrl,
    serverName: 'bench',
    userId: OUR_USER,
    accessToken: new Secret('bench'),
  });
  const objectStore = createObjectStore({
    endpoint: outsideUrl,
    bucket: 'hiclaw-storage',
    accessKey: 'bench',
    secretKey: new Secret('bench-secret'),
  });
  const storage = createTaskStorage({ store: objectStore, ourUserId: OUR_USER, profile: '1.0' });
  const messenger = createMessenger({ homeserver, clock });
  const marketplaces = new Map<number, Marketplace>();

  async function handOverOne(id: string, agent: number): Promise<void> {
    const agentId = agentIdSchema.parse(agentIdOf(agent));
    const hiringId = hiringIdSchema.parse(id);
    const marketplace =
      marketplaces.get(agent) ??
      createMarketplace({ client, agents: [{ agentId, key: new Secret(`ap_bench_${agent}`) }] });
    marketplaces.set(agent, marketplace);

    const read = await marketplace.readHiring(agentId, hiringId);
    if (read.kind !== 'found') throw new Error(`read: ${JSON.stringify(read)}`);
    const worker = workerOf(agent);
    const taskId = taskIdOf(hiringId, 1, '0'.repeat(24));
    const order = { taskId, attempt: 1, hiring: read.hiring, worker, receivedAtMs: clock.nowMs() };
    const staged = await storage.stage(order);
    if (staged.kind !== 'staged') throw new Error(`stage: ${staged.kind}`);
    const purpose = 'assignment';
    const sent = await messenger.send({ worker, hiringId, attempt: 1, taskId, purpose, number: 1 });
    if (sent.kind !== 'sent') throw new Error(`send: ${JSON.stringify(sent)}`);
    await storage.noteDelegated(taskId, clock.nowMs());
  }

  return {
    async handOver(ids, agents, concurrency) {
      const next = ids.entries();
      const lane = async (): Promise<void> => {
        for (const [index, id] of next) await handOverOne(id, index % agents);
      };
      await Promise.all(Array.from({ length: concurrency }, lane));
    },
    close() {
      client.close();
      homeserver.close();
      objectStore.close();
    },
  };
}
