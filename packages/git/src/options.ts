import { tmpdir } from 'node:os';
import { NO_SECRETS, type KnownSecrets } from '@agrenting-hiclaw/core/domain';
import { DEFAULT_HOSTS, parseRepositoryHost, type KnownHost, type RepositoryHost } from './host.ts';
import { limitsOf, type Limits } from './limits.ts';
import { createProtection, type ProtectedPath, type ProtectionOptions } from './protected-paths.ts';
import { systemLookup, type Lookup } from './resolve-host.ts';
import { DEFAULT_SEARCH_PATH } from './version.ts';

/** Where a worker's change goes: a branch of its own, or onto the branch that it started from. */
export type PushTarget = 'own-branch' | 'default-branch';

export interface GitRepositoriesOptions {
  /** By default only https://github.com. */
  readonly hosts?: readonly RepositoryHost[] | undefined;
  /** By default `own-branch`: `agrenting/<task id>`. */
  readonly target?: PushTarget | undefined;
  /** Lets a change touch what the repository's host runs by itself, with the hirer's secrets. By default not. */
  readonly allowWorkflows?: boolean | undefined;
  /** Changes of the list of what other programs run by themselves. */
  readonly protection?: ProtectionOptions | undefined;
  /** How much of a repository is fetched, and how large its bundle may be. By default 100 MiB. */
  readonly maxRepositoryBytes?: number | undefined;
  /** How large a worker's patch or bundle may be. By default 10 MiB. */
  readonly maxChangeBytes?: number | undefined;
  /** How many files a change may touch. By default 1,000. */
  readonly maxChangedFiles?: number | undefined;
  /** How many commits a change may have. By default 200. */
  readonly maxCommits?: number | undefined;
  /** Address space of one git, where the system can hold it to that. By default 768 MiB, or four times a repository. */
  readonly maxMemoryBytes?: number | undefined;
  /** Of one git, on a processor. By default half of `timeoutMs`, so that a slow machine is told from too much work. */
  readonly maxProcessorSeconds?: number | undefined;
  /** How many objects a repository may have, old and new. By default one for 100 bytes of it, and at least 200,000. */
  readonly maxObjects?: number | undefined;
  /** For one whole call. By default 120,000. */
  readonly timeoutMs?: number | undefined;
  /** Where private directories are made for the time of a call. By default the system's directory for such. */
  readonly directory?: string | undefined;
  /** Where git is looked for, as in PATH. */
  readonly searchPath?: string | undefined;
  /** Credentials that no change may hold, beside the hirer's own token; none by default. */
  readonly secrets?: KnownSecrets | undefined;
  /** Ends calls that are on their way. */
  readonly signal?: AbortSignal | undefined;
  /** Finds the addresses of a host; by default as the system does. */
  readonly lookup?: Lookup | undefined;
}

/** The options with everything filled in. */
export interface GitSettings extends Limits {
  readonly hosts: readonly KnownHost[];
  readonly target: PushTarget;
  readonly allowWorkflows: boolean;
  readonly protection: (path: string) => ProtectedPath | undefined;
  readonly maxRepositoryBytes: number;
  readonly maxChangeBytes: number;
  readonly maxChangedFiles: number;
  readonly maxCommits: number;
  readonly maxMemoryBytes: number;
  readonly maxProcessorSeconds: number;
  readonly timeoutMs: number;
  readonly directory: string;
  readonly searchPath: string;
  readonly secrets: KnownSecrets;
  readonly signal: AbortSignal | undefined;
  readonly lookup: Lookup;
}

const MIB = 1024 * 1024;

/** Throws on a host that is none: whoever reads the owner's configuration has asked `parseRepositoryHost` before. */
export function settingsOf(options: GitRepositoriesOptions): GitSettings {
  const hosts = (options.hosts ?? DEFAULT_HOSTS).map((entry) => {
    const parsed = parseRepositoryHost(entry);
    if (parsed.kind === 'invalid') throw new TypeError(parsed.problem);
    return parsed.host;
  });
  const maxRepositoryBytes = options.maxRepositoryBytes ?? 100 * MIB;
  const maxChangeBytes = options.maxChangeBytes ?? 10 * MIB;
  const timeoutMs = options.timeoutMs ?? 120_000;
  return {
    hosts,
    target: options.target ?? 'own-branch',
    allowWorkflows: options.allowWorkflows ?? false,
    protection: createProtection(options.protection),
    maxRepositoryBytes,
    maxChangeBytes,
    maxChangedFiles: options.maxChangedFiles ?? 1_000,
    maxCommits: options.maxCommits ?? 200,
    maxMemoryBytes: options.maxMemoryBytes ?? Math.max(768 * MIB, 4 * maxRepositoryBytes),
    maxProcessorSeconds: options.maxProcessorSeconds ?? Math.ceil(timeoutMs / 2000),
    ...limitsOf(maxRepositoryBytes, maxChangeBytes, options.maxObjects),
    timeoutMs,
    directory: options.directory ?? tmpdir(),
    searchPath: options.searchPath ?? DEFAULT_SEARCH_PATH,
    secrets: options.secrets ?? NO_SECRETS,
    signal: options.signal,
    lookup: options.lookup ?? systemLookup,
  };
}
