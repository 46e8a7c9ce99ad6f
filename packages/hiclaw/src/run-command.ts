import { spawn } from 'node:child_process';

export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** What it reads, such as a secret that must be in no list of processes. */
  readonly input?: string | undefined;
}

export type CommandRun =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly output: string; readonly complaint: string }
  /** It did not run, or not to its end. */
  | { readonly kind: 'failed'; readonly problem: string };

/** As much as is kept of each stream: its end, because that is where the answer stands. */
const MAX_OUTPUT_CHARACTERS = 256 * 1024;

/** Runs a program without a shell. When its time is up, it and everything that it started are killed. */
export function runCommand(command: Command): Promise<CommandRun> {
  const { program, environment, timeoutMs, signal } = command;
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve({ kind: 'failed', problem: `${program} was not started, because the adapter is stopping` });
      return;
    }
    // A group of its own, so that what a script started can be killed with it.
    const child = spawn(program, command.arguments, {
      env: environment,
      shell: false,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // One that reads nothing may have ended before it could be told.
    child.stdin.on('error', () => {}).end(command.input ?? '');
    let output = '';
    let complaint = '';
    let killedBecause: string | undefined;
    const kill = (why: string) => {
      killedBecause ??= why;
      if (child.pid !== undefined) killGroup(child.pid);
      // A process that left the group may still hold the other ends.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const onAbort = () => kill('the adapter is stopping');
    const timer = setTimeout(() => kill(`it took longer than ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', onAbort);
    const settle = (run: CommandRun) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(run);
    };

    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-MAX_OUTPUT_CHARACTERS);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-MAX_OUTPUT_CHARACTERS);
    });
    child.on('error', (error) => {
      const missing = 'code' in error && error.code === 'ENOENT';
      const why = missing ? 'no such program: check the lifecycle command' : error.message;
      settle({ kind: 'failed', problem: `${program} could not be started: ${why}` });
    });
    child.on('close', (exitCode) => {
      if (killedBecause !== undefined) {
        settle({ kind: 'failed', problem: `${program} was killed, because ${killedBecause}` });
      } else {
        settle({ kind: 'ended', exitCode: exitCode ?? -1, output, complaint });
      }
    });
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended on its own.
  }
}
