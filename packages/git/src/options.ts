import { tmpdir } from 'node:os';
import { NO_SECRETS, type KnownSecrets } from '@agrenting-hiclaw/core/domain';
import { createProtection, type ProtectedPath, type ProtectionOptions } from './check/protected-paths.ts';
import {
  DEFAULT_HOSTS,
  parseRepositoryHost,
  systemLookup,
  type KnownHost,
  type Lookup,
  type RepositoryHost,
} from './remote/host.ts';
import { DEFAULT_SEARCH_PATH } from './run/run-git.ts';

/** Where a worker's change goes: a branch of its own, or onto the branch that it started from. */
export type PushTarget = 'own-branch' | 'default-branch';

export interface GitRepositoriesOptions {
  /** By default only https://github.com. */
  readonly hosts?: readonly RepositoryHost[] | undefined;
  /** By default `own-branch`: `agrenting/<task id>`. */
  readonly target?: PushTarget | undefined;
  /** Lets a change touch what the repository's host runs automatically, with the hirer's secrets. By default not. */
  readonly allowWorkflows?: boolean | undefined;
  /** Changes of the list of what other programs run automatically. */
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
  /** Of one git, on a processor. By default half of `timeoutMs`, to tell a slow machine from too much work. */
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

/** What a commit may unfold into. It is counted from the trees, each read once, before git unfolds anything. */
export interface ContentLimits {
  /** Files and folders, as often as they are there. */
  readonly maxEntries: number;
  /** Folders in one another. */
  readonly maxDepth: number;
  /** Of one path. */
  readonly maxPathBytes: number;
  /** Of all paths, one after the other. */
  readonly maxAllPathsBytes: number;
  readonly maxFileBytes: number;
  /** Of all files, as they would lie on a disk. */
  readonly maxExpandedBytes: number;
}

/** What a pack may hold. It is counted before git unpacks any of it. */
export interface PackLimits {
  readonly maxObjects: number;
  /** Of one object, unpacked. */
  readonly maxObjectBytes: number;
  /** Of all objects, unpacked. */
  readonly maxExpandedBytes: number;
}

/** How much a repository or a change may be, beyond its bytes. */
interface Limits {
  /** What a repository's commits may unfold into. */
  readonly contents: ContentLimits;
  /** How many objects a repository may have. */
  readonly maxObjects: number;
  /** What the pack of a worker's bundle may unpack into. */
  readonly pack: PackLimits;
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
/** No object that is held in memory as a whole may be larger: as much as the largest host takes. */
const MAX_FILE_BYTES = 100 * MIB;
/** Repositories hold texts, which pack to a tenth. */
const EXPANSION = 20;
/** A change is a few commits, or a small repository with all its history. */
const CHANGE_EXPANSION = 100;
/** No repository packs its objects to less on average. */
const BYTES_PER_OBJECT = 100;
const MIN_MAX_OBJECTS = 200_000;

/** Throws on an invalid host: the owner's configuration has been checked with `parseRepositoryHost` before. */
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

function limitsOf(
  maxRepositoryBytes: number,
  maxChangeBytes: number,
  maxObjects = Math.max(MIN_MAX_OBJECTS, maxRepositoryBytes / BYTES_PER_OBJECT),
): Limits {
  return {
    contents: {
      maxEntries: 500_000,
      maxDepth: 50,
      maxPathBytes: 4_096,
      maxAllPathsBytes: 64 * MIB,
      maxFileBytes: MAX_FILE_BYTES,
      maxExpandedBytes: EXPANSION * maxRepositoryBytes,
    },
    maxObjects,
    pack: {
      maxObjects: 100_000,
      maxObjectBytes: MAX_FILE_BYTES,
      maxExpandedBytes: CHANGE_EXPANSION * maxChangeBytes,
    },
  };
}
