import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until.ts';

export interface AppProcessOptions {
  /** Path of the program. */
  readonly main: string;
  readonly arguments?: readonly string[] | undefined;
  /** Beside PATH and HOME. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Modules that are loaded before the program. */
  readonly preloads?: readonly string[] | undefined;
  /** Called with what the program sends as messages. */
  readonly onMessage?: ((message: unknown) => void) | undefined;
}

/** The app as a process of its own, with everything that it prints. */
export class AppProcess {
  readonly #process: ChildProcess;
  #output = '';

  constructor({ main, environment, preloads = [], onMessage, ...options }: AppProcessOptions) {
    // The cache of compiled code holds nothing that a configuration could come from.
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
    const nodeArguments = [
      '--conditions=agrenting-hiclaw-source',
      ...preloads.map((module) => `--import=${module}`),
      main,
      ...(options.arguments ?? []),
    ];
    this.#process = spawn(process.execPath, nodeArguments, {
      env: { PATH, HOME, NODE_COMPILE_CACHE, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', ...(onMessage === undefined ? [] : ['ipc' as const])],
    });
    const collect = (chunk: Buffer): void => {
      this.#output += chunk.toString('utf8');
    };
    this.#process.stdout?.on('data', collect);
    this.#process.stderr?.on('data', collect);
    if (onMessage !== undefined) this.#process.on('message', onMessage);
  }

  /** Starts a program with a configuration file of this content. */
  static async start(folder: string, settings: object, options: AppProcessOptions): Promise<AppProcess> {
    const file = join(folder, 'adapter.json');
    // Another process of the same folder may be reading it, and must not find half of it.
    const fresh = `${file}.${randomUUID()}`;
    await writeFile(fresh, JSON.stringify(settings));
    await rename(fresh, file);
    return new AppProcess({ ...options, environment: { ...options.environment, ADAPTER_CONFIG: file } });
  }

  get output(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** What ended it; undefined while it runs, or when it ended on its own. */
  get endedBy(): NodeJS.Signals | undefined {
    return this.#process.signalCode ?? undefined;
  }

  lines(): readonly string[] {
    return this.#output.split('\n');
  }

  send(message: object): void {
    this.#process.send(message);
  }

  /** Waits until the app has printed it. */
  async printed(text: string): Promise<void> {
    await until(() => {
      if (!this.running) throw new Error(`the app ended: ${this.#output}`);
      return this.#output.includes(text);
    });
  }

  /** By which other programs reach it. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
  }

  async stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return await this.ended();
  }

  async ended(): Promise<number | null> {
    await until(() => !this.running).catch((error: unknown) => {
      throw new Error(`the app goes on: ${this.#output}`, { cause: error });
    });
    return this.#process.exitCode;
  }
}
