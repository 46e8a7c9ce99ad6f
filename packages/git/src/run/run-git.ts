import { spawn } from 'node:child_process';
import { lstat, readdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Secret } from '@agrenting-hiclaw/core/domain';

export interface GitCall {
  readonly arguments: readonly string[];
  /** All of it: nothing is taken over from the adapter's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs. */
  readonly directory: string;
  readonly timeoutMs: number;
  /** Above these git is stopped. */
  readonly maxOutputBytes: number;
  readonly maxDirectoryBytes?: number | undefined;
  /** Address space of each process; enforced where the system can (Linux), see `LIMITED`. */
  readonly maxMemoryBytes?: number | undefined;
  /** Time on a processor, of each process. */
  readonly maxProcessorSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly input?: Buffer | undefined;
  /** Given to the child of git that asks on descriptor 3: it is in no argument, environment or file. */
  readonly token?: Secret | undefined;
}

/** Why git did not come to an end of its own. The first four say something about what it worked on. */
export type StopReason = 'memory' | 'processor' | 'space' | 'output' | 'time' | 'closing' | 'no_program';

export type GitRun =
  | {
      readonly kind: 'ended';
      readonly exitCode: number;
      readonly output: Buffer;
      /** The end of what it wrote on standard error. */
      readonly complaint: string;
    }
  | { readonly kind: 'stopped'; readonly because: StopReason };

const MAX_COMPLAINT_CHARACTERS = 64 * 1024;
/** How often the size of the directory is looked at. */
const WATCH_EVERY_MS = 100;
/** More often than this nobody asks for the token in one call. */
const MAX_ANSWERS = 10;

/**
 * A shell that limits itself and becomes git, whose children inherit the limits: kibibytes of address space, seconds of
 * processor, half kibibytes of one file. A limit that the system does not know is left out (macOS has none for memory);
 * there only the counts of `contents.ts` and `bundle.ts` hold. The shell never reads git's arguments.
 */
const LIMITED = [
  'ulimit -c 0 2>/dev/null || :',
  'ulimit -v "$1" 2>/dev/null || :',
  'ulimit -S -t "$2" 2>/dev/null || :',
  'ulimit -S -f "$3" 2>/dev/null || :',
  'shift 3',
  'exec git "$@"',
].join('\n');
/** What a shell ends with when there is nothing to become. */
const NO_PROGRAM: ReadonlySet<number> = new Set([126, 127]);

const SIGNALS: ReadonlyMap<NodeJS.Signals, StopReason> = new Map([
  ['SIGXCPU', 'processor'],
  ['SIGXFSZ', 'space'],
  // A stack that is used up, an allocation that failed, and the system's own last means against want of memory.
  ['SIGSEGV', 'memory'],
  ['SIGBUS', 'memory'],
  ['SIGABRT', 'memory'],
  ['SIGKILL', 'memory'],
]);

/** Runs git as the leader of a group that is killed whole when it takes too much of anything. */
export function runGit(call: GitCall): Promise<GitRun> {
  const { signal, token } = call;
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve({ kind: 'stopped', because: 'closing' });
      return;
    }
    const limits = [
      limitOf(call.maxMemoryBytes, 1024),
      limitOf(call.maxProcessorSeconds, 1),
      // No file is ever that large: the watch on the directory stops git first, unless git is too fast for it.
      limitOf(call.maxDirectoryBytes === undefined ? undefined : 2 * call.maxDirectoryBytes, 512),
    ];
    const child = spawn('/bin/sh', ['-c', LIMITED, 'git', ...limits, ...call.arguments], {
      env: call.environment,
      cwd: call.directory,
      shell: false,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', token === undefined ? 'ignore' : 'pipe'],
    });
    const channel = child.stdio[3];
    // The process that asks may end before it has heard the answer.
    if (token !== undefined && channel instanceof Socket) answerWith(token, channel);
    child.stdin?.on('error', () => {}).end(call.input ?? '');

    const output: Buffer[] = [];
    let outputBytes = 0;
    let complaint = '';
    let stoppedBecause: StopReason | undefined;
    const stop = (because: StopReason) => {
      stoppedBecause ??= because;
      if (child.pid !== undefined) killGroup(child.pid);
      for (const stream of child.stdio) stream?.destroy();
    };
    const onAbort = () => stop('closing');
    signal?.addEventListener('abort', onAbort);
    const timer = setTimeout(() => stop('time'), call.timeoutMs);
    const { maxDirectoryBytes, directory } = call;
    const isFull = async (): Promise<boolean> =>
      maxDirectoryBytes !== undefined && (await folderBytes(directory)) > maxDirectoryBytes;
    const look = async (): Promise<void> => {
      if (await isFull()) stop('space');
    };
    const watch = setInterval(() => void look(), WATCH_EVERY_MS);
    const settle = (run: GitRun) => {
      clearTimeout(timer);
      clearInterval(watch);
      signal?.removeEventListener('abort', onAbort);
      channel?.destroy();
      resolve(run);
    };

    child.stdout?.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > call.maxOutputBytes) stop('output');
      else output.push(chunk);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-MAX_COMPLAINT_CHARACTERS);
    });
    child.on('error', () => settle({ kind: 'stopped', because: 'no_program' }));
    child.on('close', (exitCode, endedBy) => {
      // What it left running holds nothing that is still needed.
      if (child.pid !== undefined) killGroup(child.pid);
      const because = stoppedBecause ?? reasonOf(exitCode, endedBy, complaint);
      if (because === undefined) {
        settle({ kind: 'ended', exitCode: exitCode ?? -1, output: Buffer.concat(output), complaint });
      } else if (because === 'processor') {
        void isFull().then((full) => settle({ kind: 'stopped', because: full ? 'space' : because }));
      } else {
        settle({ kind: 'stopped', because });
      }
    });
  });
}

function limitOf(value: number | undefined, unit: number): string {
  return value === undefined ? 'unlimited' : `${Math.max(1, Math.ceil(value / unit))}`;
}

/** What git, or a child of it, ran into; undefined when it came to its own end, whatever that was. */
function reasonOf(
  exitCode: number | null,
  endedBy: NodeJS.Signals | null,
  complaint: string,
): StopReason | undefined {
  if (exitCode === 0) return undefined;
  if (exitCode !== null && NO_PROGRAM.has(exitCode)) return 'no_program';
  if (endedBy !== null) return SIGNALS.get(endedBy) ?? 'closing';
  // What the other end of a connection says is no word of git's.
  // bounded: each line once, to its end whatever else there is in it
  const own = complaint.replace(/^remote:[^\n]*/gm, '');
  // Of a child that was ended by a limit of its time or of its files git says no more than this.
  if (
    /died of signal (?:24|30)\b/.test(own) ||
    /^\s{0,64}fatal: fetch-pack: invalid index-pack output\s{0,64}$/.test(own)
  )
    return 'processor';
  if (/died of signal (?:25|31)\b/.test(own)) return 'space';
  const isMemory =
    /Out of memory|over limit \d|Cannot allocate memory|too large to fit into virtual memory|unable to create threads?\b|died of signal (?:6|7|9|10|11)\b/i;
  return isMemory.test(own) ? 'memory' : undefined;
}

/** One line for each line asked. */
function answerWith(token: Secret, channel: Socket): void {
  let answers = 0;
  channel.on('error', () => {});
  channel.on('data', (chunk: Buffer) => {
    for (const byte of chunk) {
      if (byte !== 0x0a) continue;
      answers += 1;
      if (answers <= MAX_ANSWERS) channel.write(`${token.reveal()}\n`);
      else channel.destroy();
    }
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
}

/** How many bytes the files of a folder hold. What vanishes while it is counted holds none. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      bytes += entry.isDirectory() ? await folderBytes(path) : await fileBytes(path);
    }
  } catch {
    // It was there a moment ago.
  }
  return bytes;
}

async function fileBytes(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch {
    return 0;
  }
}

/** No file larger than this is held in memory as a whole: a small patch can be made to unfold into gigabytes. */
const MAX_FILE_BYTES = 128 * 1024 * 1024;

/** What git sees of its surroundings: nothing of the adapter's, of its user's or of the machine's settings. */
export function gitEnvironment(directory: string, searchPath: string): Readonly<Record<string, string>> {
  return {
    PATH: searchPath,
    LC_ALL: 'C',
    TZ: 'UTC',
    HOME: join(directory, 'home'),
    XDG_CONFIG_HOME: join(directory, 'home'),
    TMPDIR: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_TERMINAL_PROMPT: '0',
    // What is allowed to connect is said for each call that does.
    GIT_ALLOW_PROTOCOL: '',
    GIT_ALLOC_LIMIT: `${MAX_FILE_BYTES}`,
  };
}

/** Settings of every call. */
const SETTINGS: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.fsmonitor=false',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  // What is larger is passed through, not held.
  'core.bigFileThreshold=16m',
  'core.logAllRefUpdates=false',
  // Within the address space that a git has: packs are looked at in parts, and one thread works on them.
  'core.packedGitWindowSize=32m',
  'core.packedGitLimit=128m',
  'core.deltaBaseCacheLimit=32m',
  'pack.windowMemory=64m',
  'pack.deltaCacheSize=32m',
  'pack.threads=1',
  'index.threads=1',
  'gc.auto=0',
  'maintenance.auto=false',
  'credential.helper=',
  'commit.gpgSign=false',
  'push.gpgSign=false',
  'push.recurseSubmodules=no',
  'fetch.recurseSubmodules=false',
  'submodule.recurse=false',
  'transfer.bundleURI=false',
  // Packs stay packs: few files to count, and quick to remove.
  'transfer.unpackLimit=1',
  'http.followRedirects=false',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=60',
];

export function settingArguments(more: readonly string[] = []): readonly string[] {
  return [...SETTINGS, ...more].flatMap((setting) => ['-c', setting]);
}

/** Where programs are looked for. */
export const DEFAULT_SEARCH_PATH = '/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin';

const VERSION_TIMEOUT_MS = 10_000;
const MAX_VERSION_BYTES = 4_096;
/** The first with `http.curloptResolve`, which fixes where git connects: without it the check of addresses is void. */
const OLDEST = [2, 37] as const;

/** The version of this machine's git, such as `2.39.5`; undefined where there is none. */
export async function gitVersion(searchPath: string = DEFAULT_SEARCH_PATH): Promise<string | undefined> {
  const run = await runGit({
    arguments: ['--version'],
    environment: { PATH: searchPath, LC_ALL: 'C' },
    directory: '/',
    timeoutMs: VERSION_TIMEOUT_MS,
    maxOutputBytes: MAX_VERSION_BYTES,
  });
  if (run.kind === 'stopped' || run.exitCode !== 0) return undefined;
  return /^git version (\d{1,4}\.\d{1,4}\S{0,100})/.exec(run.output.toString('utf8'))?.[1];
}

/** What is wrong with this machine's git, and what to do; undefined when nothing is. */
export async function gitProblem(searchPath: string): Promise<string | undefined> {
  const version = await gitVersion(searchPath);
  const needed = OLDEST.join('.');
  if (version === undefined) return `this machine has no git: install git ${needed} or newer`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld
    ? `git ${version} is too old for a fixed connection address: install ${needed} or newer`
    : undefined;
}
