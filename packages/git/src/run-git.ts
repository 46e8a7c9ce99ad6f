import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Secret } from '@agrenting-hiclaw/core/domain';
import { folderBytes } from './folder-bytes.ts';

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
  readonly signal?: AbortSignal | undefined;
  readonly input?: Buffer | undefined;
  /** Told to whoever of git's children asks on descriptor 3: it is in no argument, environment or file. */
  readonly token?: Secret | undefined;
}

export type GitRun =
  | {
      readonly kind: 'ended';
      readonly exitCode: number;
      readonly output: Buffer;
      /** The end of what it wrote on standard error. */
      readonly complaint: string;
    }
  | { readonly kind: 'stopped'; readonly because: 'time' | 'space' | 'output' | 'closing' | 'no program' };

const MAX_COMPLAINT_CHARACTERS = 64 * 1024;
/** How often the size of the directory is looked at. */
const WATCH_EVERY_MS = 100;
/** More often than this nobody asks for the token in one call. */
const MAX_ANSWERS = 10;

/** Runs git without a shell, as the leader of a group that is killed whole when it takes too much of anything. */
export function runGit(call: GitCall): Promise<GitRun> {
  const { signal, token } = call;
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve({ kind: 'stopped', because: 'closing' });
      return;
    }
    const child = spawn('git', call.arguments, {
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
    let stoppedBecause: 'time' | 'space' | 'output' | 'closing' | 'no program' | undefined;
    const stop = (because: 'time' | 'space' | 'output' | 'closing') => {
      stoppedBecause ??= because;
      if (child.pid !== undefined) killGroup(child.pid);
      for (const stream of child.stdio) stream?.destroy();
    };
    const onAbort = () => stop('closing');
    signal?.addEventListener('abort', onAbort);
    const timer = setTimeout(() => stop('time'), call.timeoutMs);
    const { maxDirectoryBytes, directory } = call;
    const look = async (): Promise<void> => {
      if (maxDirectoryBytes !== undefined && (await folderBytes(directory)) > maxDirectoryBytes)
        stop('space');
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
    child.on('error', () => settle({ kind: 'stopped', because: 'no program' }));
    child.on('close', (exitCode) => {
      // What it left running holds nothing that is still needed.
      if (child.pid !== undefined) killGroup(child.pid);
      if (stoppedBecause === undefined) {
        settle({ kind: 'ended', exitCode: exitCode ?? -1, output: Buffer.concat(output), complaint });
      } else {
        settle({ kind: 'stopped', because: stoppedBecause });
      }
    });
  });
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
