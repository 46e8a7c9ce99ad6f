import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { AccessPolicy } from '../storage/access-policy.ts';
import type { RunningStorage } from '../storage/storage.ts';
import { CommandOutput, type CommandResult } from './command.ts';

const statement = z.object({
  Action: z.array(z.string()),
  Resource: z.array(z.string()),
  Condition: z.object({ StringLike: z.object({ 's3:prefix': z.array(z.string()) }) }).optional(),
});
const policyBody = z.object({ Statement: z.array(statement) });

/** As the container knows it (HiClaw reference, 1.4). */
const CONTAINER_HOME = '/root/manager-workspace/';

/** `mc` of the Manager container, in the few commands with which an operator gives somebody a place in the storage. */
export class MinioClient {
  readonly #storage: Pick<RunningStorage, 'bucket' | 'users'>;
  /** HiClaw's name for its own storage (HiClaw reference, 5). */
  readonly #alias: string;
  /** The Manager's, in which it reads and writes files, too. */
  readonly #home: string;
  readonly #policies = new Map<string, AccessPolicy>();

  constructor(storage: Pick<RunningStorage, 'bucket' | 'users'>, alias: string, home: string) {
    this.#storage = storage;
    this.#alias = alias;
    this.#home = home;
  }

  run(argv: readonly string[], input: string): CommandResult {
    const output = new CommandOutput();
    const fail = (why: string): CommandResult => {
      output.writeError(`mc: <ERROR> ${why}`);
      return output.exit(1);
    };
    const words = argv.filter((word) => !word.startsWith('--'));
    const command = words[0] === 'admin' ? words.slice(0, 3).join(' ') : (words[0] ?? '');
    switch (command) {
      case 'cat': {
        const file = this.#file(words[1] ?? '');
        if (file !== undefined) {
          if (!existsSync(file)) return fail('Unable to read. No such file.');
          output.print(readFileSync(file, 'utf8').replace(/\n$/, ''));
          return output.exit(0);
        }
        const object = this.#storage.bucket.get(this.#key(words[1] ?? '') ?? '');
        if (object === undefined) return fail('Unable to read. Object does not exist.');
        output.print(Buffer.from(object.bytes).toString('utf8').replace(/\n$/, ''));
        return output.exit(0);
      }
      case 'ls': {
        const prefix = this.#key(words[1] ?? '');
        if (prefix === undefined) return fail('Unable to list folder. The specified bucket does not exist.');
        for (const name of this.#storage.bucket.names(prefix)) {
          output.print(`[2026-11-26 09:00:00 UTC]     0B ${name}`);
        }
        return output.exit(0);
      }
      case 'pipe': {
        const file = this.#file(words[1] ?? '');
        if (file !== undefined) {
          writeFileSync(file, input);
          return output.exit(0);
        }
        const key = this.#key(words[1] ?? '');
        if (key === undefined) return fail('Unable to write. The specified bucket does not exist.');
        this.#storage.bucket.put({ key, bytes: Buffer.from(input), writtenBy: 'mc' });
        return output.exit(0);
      }
      case 'admin policy create': {
        if (words[3] !== this.#alias) return fail(`No such alias \`${words[3] ?? ''}\` found.`);
        const parsed = policyBody.safeParse(parse(input));
        if (!parsed.success) return fail('Unable to create new policy. Unable to parse the policy.');
        this.#policies.set(words[4] ?? '', toAccess(parsed.data, this.#storage.bucket.name));
        return output.exit(0);
      }
      case 'admin user add': {
        const [accessKey = '', secretKey = ''] = input.split('\n');
        if (accessKey.length < 3 || secretKey.length < 8)
          return fail('Unable to add new user. Invalid credentials.');
        this.#storage.users.set(accessKey, { accessKey, secretKey, policy: nothing });
        return output.exit(0);
      }
      case 'admin policy attach': {
        const userName = argv.at(argv.indexOf('--user') + 1) ?? '';
        const user = this.#storage.users.get(userName);
        const policy = this.#policies.get(words[4] ?? '');
        if (user === undefined || policy === undefined)
          return fail('Unable to attach. No such user or policy.');
        if (user.policy === policy)
          return fail('Unable to attach. The specified policy is already in effect.');
        this.#storage.users.set(userName, { ...user, policy });
        return output.exit(0);
      }
      case 'admin user remove':
        return this.#storage.users.delete(words[4] ?? '') ? output.exit(0) : fail('No such user.');
      case 'admin policy remove':
        return this.#policies.delete(words[4] ?? '') ? output.exit(0) : fail('No such policy.');
      default:
        return fail(`\`${argv.join(' ')}\` is not among what the sandbox's mc can do.`);
    }
  }

  /** A path of the Manager container is a file of its home here. */
  #file(target: string): string | undefined {
    return target.startsWith(CONTAINER_HOME)
      ? join(this.#home, target.slice(CONTAINER_HOME.length))
      : undefined;
  }

  #key(target: string): string | undefined {
    const prefix = `${this.#alias}/${this.#storage.bucket.name}/`;
    return target.startsWith(prefix) ? target.slice(prefix.length) : undefined;
  }
}

const nothing: AccessPolicy = { list: [], read: [], write: [], delete: [] };

/** Statements without wildcards but at the end, as an operator writes them; others are refused by being ignored. */
function toAccess({ Statement }: z.output<typeof policyBody>, bucket: string): AccessPolicy {
  const prefixOf = (resource: string): string =>
    resource.replace(`arn:aws:s3:::${bucket}/`, '').replace(/\*$/, '');
  const of = (action: string): string[] =>
    Statement.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) =>
      Resource.map(prefixOf),
    );
  const list = Statement.filter(({ Action }) => Action.includes('s3:ListBucket')).flatMap(
    ({ Condition }) => Condition?.StringLike['s3:prefix'].map((prefix) => prefix.replace(/\*$/, '')) ?? [''],
  );
  // With a wildcard in its midst it is a name, and one at its end stands for one part of it only.
  const isName = (prefix: string): boolean => prefix.includes('*');
  const readNames = of('s3:GetObject')
    .filter(isName)
    .map((prefix) => `${prefix}*`);
  return {
    list,
    readNames,
    read: of('s3:GetObject').filter((prefix) => !isName(prefix)),
    write: of('s3:PutObject'),
    delete: of('s3:DeleteObject'),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
