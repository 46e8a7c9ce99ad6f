import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CopawWorker } from './copaw-worker.ts';
import { Minio } from './minio.ts';
import { ScriptedModel } from './scripted-model.ts';
import { Synapse, type Account } from './synapse.ts';
import type { Tools, WorkerVersion } from './tools.ts';

export interface RealHiclawOptions {
  readonly tools: Tools;
  /** Everything that it keeps lies below it. */
  readonly folder: string;
  readonly version: WorkerVersion;
  readonly workers: readonly string[];
  /** Whether workers know the adapter already. Default true. */
  readonly adapterKnown?: boolean;
}

export interface RealWorker {
  readonly name: string;
  readonly userId: string;
  readonly roomId: string;
  readonly process: CopawWorker;
}

export interface RoomEvent {
  readonly type: string;
  readonly sender: string;
  readonly content: Readonly<Record<string, unknown>>;
}

const SERVER_NAME = 'matrix-local.hiclaw.test:18080';
const BUCKETS: Readonly<Record<WorkerVersion, string>> = {
  '1.0.4': 'agentteams-storage',
  '0.1.12': 'hiclaw-storage',
};

const roomMade = z.object({ room_id: z.string() });
const messagesAnswer = z.object({
  chunk: z.array(
    z.object({ type: z.string(), sender: z.string(), content: z.record(z.string(), z.unknown()) }),
  ),
});

/** A HiClaw without its Manager: homeserver, storage, workers with room and files, and a model that follows a script. */
export class RealHiclaw {
  readonly synapse: Synapse;
  readonly minio: Minio;
  readonly model: ScriptedModel;
  readonly manager: Account;
  readonly admin: Account;
  readonly adapter: Account;
  readonly workers: readonly RealWorker[];
  /** The adapter's own storage user. */
  readonly adapterStorage: { readonly accessKey: string; readonly secretKey: string };

  private constructor(parts: Pick<RealHiclaw, PartNames>) {
    this.synapse = parts.synapse;
    this.minio = parts.minio;
    this.model = parts.model;
    this.manager = parts.manager;
    this.admin = parts.admin;
    this.adapter = parts.adapter;
    this.workers = parts.workers;
    this.adapterStorage = parts.adapterStorage;
  }

  /** Starts all but the workers. */
  static async start(options: RealHiclawOptions): Promise<RealHiclaw> {
    const { tools, folder, version, adapterKnown = true } = options;
    await mkdir(folder, { recursive: true });
    const [synapse, minio, model] = await Promise.all([
      Synapse.start({ tools, folder: join(folder, 'synapse'), serverName: SERVER_NAME }),
      Minio.start({ tools, folder: join(folder, 'minio'), bucket: BUCKETS[version] }),
      ScriptedModel.start(),
    ]);
    const manager = await synapse.createUser('manager');
    const admin = await synapse.createUser('admin', { admin: true });
    // Where it is not known, the setup makes the account and the user of this name.
    const adapter = adapterKnown ? await synapse.createUser('agrenting') : admin;
    const adapterStorage = { accessKey: 'agrenting', secretKey: 'agrenting-storage-secret' };
    if (adapterKnown)
      await minio.createUser(adapterStorage.accessKey, adapterStorage.secretKey, adapterPolicy(minio.bucket));
    const listened = [manager, admin, ...(adapterKnown ? [adapter] : [])].map(({ userId }) => userId);
    const workers: RealWorker[] = [];
    for (const name of options.workers) {
      const account = await synapse.createUser(name);
      const members = adapterKnown ? [admin, adapter, account] : [admin, account];
      const roomId = await workerRoom(synapse, manager, members, name);
      const secret = `${name}-storage-secret`;
      await minio.createWorkerUser(name, secret);
      const home = `agents/${name}`;
      await minio.put(`${home}/openclaw.json`, settingsOf(account, synapse, model, listened));
      await minio.put(`${home}/SOUL.md`, `# ${name}\n\nA worker in a test.\n`);
      await minio.put(`${home}/AGENTS.md`, `# Worker\n\nStorage: hiclaw/${minio.bucket}\n`);
      await minio.put(`${home}/credentials/matrix/password`, account.password);
      const storage = { url: minio.url, bucket: minio.bucket, secret };
      const process = new CopawWorker({ tools, version, folder: join(folder, name), name, storage });
      await mkdir(join(folder, name), { recursive: true });
      workers.push({ name, userId: account.userId, roomId, process });
    }
    return new RealHiclaw({ synapse, minio, model, manager, admin, adapter, workers, adapterStorage });
  }

  /** Throws when there is none of that name. */
  worker(name: string): RealWorker {
    const found = this.workers.find((worker) => worker.name === name);
    if (found === undefined) throw new RangeError(`no worker ${name} in this HiClaw`);
    return found;
  }

  /** What was said in a room, oldest first, at most 500 events; as `account` sees it. */
  async said(roomId: string, account = this.adapter): Promise<RoomEvent[]> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=500`;
    const { chunk } = messagesAnswer.parse(await this.synapse.call('GET', path, account.accessToken));
    return chunk.toReversed();
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(async ({ process }) => await process.kill()));
    await Promise.all([this.synapse.stop(), this.minio.stop(), this.model.close()]);
  }
}

type PartNames =
  | 'synapse'
  | 'minio'
  | 'model'
  | 'manager'
  | 'admin'
  | 'adapter'
  | 'workers'
  | 'adapterStorage';

/** The adapter's own tasks, and whom workers listen to (HiClaw reference, 5). */
function adapterPolicy(bucketName: string): readonly object[] {
  const bucket = `arn:aws:s3:::${bucketName}`;
  const prefixes = ['shared/tasks/agrenting-*', 'shared/projects/agrenting-*'];
  return [
    {
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: [bucket],
      Condition: { StringLike: { 's3:prefix': prefixes } },
    },
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      Resource: prefixes.map((prefix) => `${bucket}/${prefix}`),
    },
  ];
}

/** A room as HiClaw makes it for a worker; the worker itself joins when it starts (HiClaw reference, 3.4). */
async function workerRoom(
  synapse: Synapse,
  manager: Account,
  members: readonly Account[],
  name: string,
): Promise<string> {
  const powers = members.map(({ name: member, userId }) => [userId, member === 'admin' ? 100 : 0] as const);
  const answer = await synapse.call('POST', '/_matrix/client/v3/createRoom', manager.accessToken, {
    name: `Worker: ${name}`,
    topic: `Communication channel for ${name}`,
    preset: 'trusted_private_chat',
    invite: members.map(({ userId }) => userId),
    power_level_content_override: { users: { [manager.userId]: 100, ...Object.fromEntries(powers) } },
  });
  const { room_id: roomId } = roomMade.parse(answer);
  for (const member of members.filter((each) => each.name !== name)) {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/join`;
    await synapse.call('POST', path, member.accessToken, {});
  }
  return roomId;
}

/** `openclaw.json` as HiClaw writes it, in the parts that a CoPaw worker reads (HiClaw reference, 3.5). */
function settingsOf(
  worker: Account,
  synapse: Synapse,
  model: ScriptedModel,
  listened: readonly string[],
): string {
  const scripted = {
    id: 'scripted',
    name: 'scripted',
    contextWindow: 128_000,
    maxTokens: 8_000,
    input: ['text'],
  };
  return JSON.stringify(
    {
      channels: {
        matrix: {
          enabled: true,
          homeserver: synapse.url,
          userId: worker.userId,
          accessToken: '',
          encryption: false,
          dm: { policy: 'allowlist', allowFrom: listened },
          groupPolicy: 'allowlist',
          groupAllowFrom: listened,
          groups: { '*': { allow: true, requireMention: true } },
          autoJoin: 'always',
        },
      },
      models: {
        mode: 'merge',
        providers: {
          'agentteams-gateway': {
            baseUrl: model.url,
            apiKey: `gateway-key-of-${worker.name}`,
            api: 'openai-completions',
            models: [scripted],
          },
        },
      },
      agents: {
        defaults: {
          timeoutSeconds: 1_800,
          workspace: '~',
          maxConcurrent: 4,
          model: { primary: 'agentteams-gateway/scripted' },
        },
      },
    },
    undefined,
    2,
  );
}
