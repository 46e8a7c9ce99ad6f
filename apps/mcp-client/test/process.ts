import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './box.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

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

  static async start(folder: string, settings: object): Promise<AppProcess> {
    const file = join(folder, 'adapter.json');
    await writeFile(file, JSON.stringify(settings));
    return AppProcess.withEnvironment({ ADAPTER_CONFIG: file });
  }

  static withEnvironment(environment: Readonly<Record<string, string>>): AppProcess {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, ['--conditions=agrenting-hiclaw-source', MAIN], {
      env: { PATH, HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new AppProcess(child);
  }

  get output(): string {
    return this.#output;
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
