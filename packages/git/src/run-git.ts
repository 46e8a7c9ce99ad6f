import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Secret } from '@agrenting-hiclaw/core/domain';
import { folderBytes } from './private-directory.ts';

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
  /** Told to whoever of git's children asks on descriptor 3: it is in no argument, environment or file. */
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
 * there the counts of `contents.ts` and `pack-file.ts` hold alone. What git is told is never read by the shell.
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
      // No file of it is ever that large: whoever watches the directory is told first, unless it is too fast for him.
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
    // The whole group has ended by itself.
  }
}
