import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until.ts';

/** The app as a process of its own, with everything that it prints. */
export class AppProcess {
  readonly #process: ChildProcess;
  #output = '';

  private constructor(process: ChildProcess) {
    this.#process = process;
    const collect = (chunk: Buffer): void => {
      this.#output += chunk.toString('utf8');
    };
    process.stdout?.on('data', collect);
    process.stderr?.on('data', collect);
  }

  /** Starts the program `main` with a configuration file of this content. */
  static async start(
    main: string,
    folder: string,
    settings: object,
    programArguments: readonly string[] = [],
  ): Promise<AppProcess> {
    const file = join(folder, 'adapter.json');
    await writeFile(file, JSON.stringify(settings));
    return AppProcess.withEnvironment(main, { ADAPTER_CONFIG: file }, programArguments);
  }

  static withEnvironment(
    main: string,
    environment: Readonly<Record<string, string>>,
    programArguments: readonly string[] = [],
  ): AppProcess {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(
      process.execPath,
      ['--conditions=agrenting-hiclaw-source', main, ...programArguments],
      {
        env: { PATH, HOME, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    return new AppProcess(child);
  }

  get output(): string {
    return this.#output;
  }

  lines(): readonly string[] {
    return this.#output.split('\n');
  }

  /** Waits until the app has printed it. */
  async printed(text: string): Promise<void> {
    await until(() => {
      if (this.#process.exitCode !== null) throw new Error(`the app ended: ${this.#output}`);
      return this.#output.includes(text);
    });
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended();
  }

  async stop(): Promise<number | null> {
    this.#process.kill('SIGTERM');
    return await this.ended();
  }

  async ended(): Promise<number | null> {
    await until(() => this.#process.exitCode !== null || this.#process.signalCode !== null);
    return this.#process.exitCode;
  }
}
