import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';

export interface StorageAdminOptions {
  /**
   * MinIO's client and its first arguments, such as `["docker", "exec", "-i", "hiclaw-manager", "mc"]`. Never given to
   * a shell.
   */
  readonly command: readonly [string, ...string[]];
  /** The client's name for HiClaw's storage (HiClaw reference, 5). */
  readonly alias: string;
  readonly bucket: string;
  /** All that the program sees of the environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export type AdminOutcome =
  | { readonly kind: 'done'; readonly output: string }
  /** `said` is what the client said of it, where it ran. */
  | { readonly kind: 'failed'; readonly problem: string; readonly said?: string | undefined };

/** HiClaw's storage with the rights of its owner, for set-up only. */
export interface StorageAdmin {
  readonly bucket: string;
  read(key: string): Promise<AdminOutcome>;
  write(key: string, text: string): Promise<AdminOutcome>;
  /** A file where the client runs, which in HiClaw's own containers is beside the Manager's. */
  readFile(path: string): Promise<AdminOutcome>;
  writeFile(path: string, text: string): Promise<AdminOutcome>;
  /** What stands directly below a prefix, folders with a slash at their end; undefined when it cannot be listed. */
  names(prefix: string): Promise<readonly string[] | undefined>;
  /** Makes a user, or gives it a new secret, with one policy that has its name. */
  giveUser(name: string, secret: string, policy: string): Promise<AdminOutcome>;
  removeUser(name: string): Promise<AdminOutcome>;
}

const TIMEOUT_MS = 60_000;

/** By MinIO's own client, because the owner's rights are behind no plain S3 call. Secrets travel on its input. */
export function createStorageAdmin({
  command,
  alias,
  bucket,
  environment,
}: StorageAdminOptions): StorageAdmin {
  const [program, ...first] = command;

  async function mc(commandArguments: readonly string[], input = ''): Promise<AdminOutcome> {
    const run = await runCommand({
      program,
      arguments: [...first, ...commandArguments],
      environment,
      timeoutMs: TIMEOUT_MS,
      signal: new AbortController().signal,
      input,
    });
    if (run.kind === 'failed') return run;
    if (run.exitCode === 0) return { kind: 'done', output: run.output };
    const said = (run.complaint || run.output).trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    const problem = `${program} ${commandArguments.slice(0, 3).join(' ')}: ${said}`;
    return { kind: 'failed', problem, said };
  }

  /** From its input, since the client may be in a container; from a file where its input cannot be opened by name. */
  async function createPolicy(name: string, policy: string): Promise<AdminOutcome> {
    const create = ['admin', 'policy', 'create', alias, name];
    const created = await mc([...create, '/dev/stdin'], policy);
    if (created.kind === 'done' || created.said?.includes('/dev/stdin') !== true) return created;
    const folder = await mkdtemp(join(tmpdir(), 'policy-'));
    try {
      const file = join(folder, 'policy.json');
      await writeFile(file, policy);
      return await mc([...create, file]);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  const object = (key: string) => `${alias}/${bucket}/${key}`;
  return {
    bucket,
    read: async (key) => await mc(['cat', object(key)]),
    write: async (key, text) => await mc(['pipe', object(key)], text),
    readFile: async (path) => await mc(['cat', path]),
    writeFile: async (path, text) => await mc(['pipe', path], text),
    async names(prefix) {
      const listed = await mc(['ls', object(prefix)]);
      if (listed.kind === 'failed') return undefined;
      return listed.output.split('\n').flatMap((line) => line.trimEnd().split(/\s/).at(-1) || []);
    },
    async giveUser(name, secret, policy) {
      const created = await createPolicy(name, policy);
      if (created.kind === 'failed') return created;
      const steps: readonly (readonly [readonly string[], string])[] = [
        [['admin', 'user', 'add', alias], `${name}\n${secret}\n`],
        [['admin', 'policy', 'attach', alias, name, '--user', name], ''],
      ];
      let last: AdminOutcome = { kind: 'done', output: '' };
      for (const [commandArguments, input] of steps) {
        last = await mc(commandArguments, input);
        // Attached before: a repetition.
        const isThere = last.kind === 'failed' && /already in effect|already attached/i.test(last.said ?? '');
        if (last.kind === 'failed' && !isThere) return last;
      }
      return last.kind === 'failed' ? { kind: 'done', output: '' } : last;
    },
    async removeUser(name) {
      const user = await mc(['admin', 'user', 'remove', alias, name]);
      if (user.kind === 'failed') return user;
      return await mc(['admin', 'policy', 'remove', alias, name]);
    },
  };
}

/**
 * The least that the adapter needs: its own task and project folders, and session files where those are to be seen. Not the settings of workers, which hold their
 * keys for the model (HiClaw reference, 5).
 */
export function adapterPolicy(bucket: string, sessionFolders: readonly string[] = []): string {
  const arn = `arn:aws:s3:::${bucket}`;
  const own = ['shared/tasks/agrenting-*', 'shared/projects/agrenting-*'];
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: [arn],
        Condition: { StringLike: { 's3:prefix': own } },
      },
      {
        Effect: 'Allow',
        // Deleted is what retention lets go of (docs/evidence.md).
        Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        Resource: own.map((prefix) => `${arn}/${prefix}`),
      },
      ...(sessionFolders.length === 0
        ? []
        : [
            {
              Effect: 'Allow',
              Action: ['s3:GetObject'],
              Resource: sessionFolders.map((folder) => `${arn}/agents/*/${folder}*`),
            },
          ]),
    ],
  });
}
