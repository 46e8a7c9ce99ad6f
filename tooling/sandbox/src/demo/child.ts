import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';

const READY_TIMEOUT_MS = 20_000;
const END_TIMEOUT_MS = 5000;

export interface Program {
  readonly name: string;
  /** Behind `node --conditions=agrenting-hiclaw-source`. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A program of the demo, in a process of its own. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly ended: Promise<string>;

  private constructor(name: string, process: ChildProcess) {
    this.name = name;
    this.#process = process;
    this.ended = new Promise((resolve) => {
      process.once('error', (error) => resolve(error.message));
      process.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Starts a program that prints one line of JSON when it is ready; gives that line parsed. */
  static async announced(program: Program): Promise<{ child: Child; line: unknown }> {
    const process = run(program, ['ignore', 'pipe', 'inherit']);
    const child = new Child(program.name, process);
    if (process.stdout === null) throw new Error(`${program.name} has no output`);
    const lines = createInterface({ input: process.stdout });
    const line = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${program.name} is not ready after ${READY_TIMEOUT_MS} ms`)),
        READY_TIMEOUT_MS,
      );
      lines.once('line', (text) => {
        clearTimeout(late);
        resolve(text);
      });
      void child.ended.then((how) => {
        clearTimeout(late);
        reject(new Error(`${program.name} ended before it was ready: ${how}`));
      });
    });
    return { child, line: JSON.parse(line) };
  }

  /** Starts a program whose output is appended to a file. */
  static logged(program: Program, logFile: string): Child {
    const descriptor = openSync(logFile, 'a');
    try {
      return new Child(program.name, run(program, ['ignore', descriptor, descriptor]));
    } finally {
      closeSync(descriptor);
    }
  }

  /** Asks it to end, and insists after a while. */
  async end(): Promise<void> {
    if (!this.running) return;
    this.#process.kill('SIGTERM');
    const insist = setTimeout(() => this.#process.kill('SIGKILL'), END_TIMEOUT_MS);
    await this.ended;
    clearTimeout(insist);
  }
}

function run(
  { argv, cwd, environment }: Program,
  stdio: ('ignore' | 'pipe' | 'inherit' | number)[],
): ChildProcess {
  return spawn(process.execPath, ['--conditions=agrenting-hiclaw-source', ...argv], {
    cwd,
    stdio,
    env: { ...process.env, ...environment },
  });
}
