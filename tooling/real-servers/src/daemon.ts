import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface DaemonOptions {
  readonly program: string;
  readonly arguments: readonly string[];
  /** All that it sees of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly logFile: string;
  /** Whether it can be used. */
  ready(): Promise<boolean>;
  readonly readyWithinMs: number;
}

/** A program in the background, in a process group of its own so that it can be ended with all that it started. */
export class Daemon {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(child: ChildProcess, ended: Promise<void>) {
    this.#child = child;
    this.#ended = ended;
  }

  /** Resolves once the program is ready; rejects with the end of its log when it ends before, or takes too long. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const log = await open(options.logFile, 'a');
    const child = spawn(options.program, options.arguments, {
      cwd: options.folder,
      env: options.environment,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    let startError: Error | undefined;
    const ended = new Promise<void>((resolve) => {
      child.on('error', (error) => {
        startError = error;
        resolve();
      });
      child.on('exit', () => resolve());
    });
    await log.close();
    const daemon = new Daemon(child, ended);
    endWithUs.add(daemon);
    const deadlineMs = performance.now() + options.readyWithinMs;
    while (!(await options.ready())) {
      const over = !daemon.running || startError !== undefined;
      if (over || performance.now() > deadlineMs) {
        await daemon.kill();
        const said = (await readFile(options.logFile, 'utf8')).slice(-3_000);
        throw new Error(
          `${options.program} ${over ? 'ended' : 'was not ready in time'}: ${startError?.message ?? ''}\n${said}`,
        );
      }
      await delay(100);
    }
    return daemon;
  }

  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Asks it to end, and kills it when it has not within `patienceMs`. */
  async stop(patienceMs = 10_000): Promise<void> {
    if (this.running) this.#child.kill('SIGTERM');
    await Promise.race([this.#ended, delay(patienceMs, undefined, { ref: false })]);
    await this.kill();
  }

  /** Ends it and all that it started at once. */
  async kill(): Promise<void> {
    endWithUs.delete(this);
    this.killNow();
    await this.#ended;
  }

  killNow(): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // The whole group has ended on its own.
    }
  }
}

const endWithUs = new Set<Daemon>();
function killAll(): void {
  for (const daemon of endWithUs) daemon.killNow();
}
process.on('exit', killAll);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killAll();
    process.exit(1);
  });
}

/** A free port below those that Linux gives to outgoing connections, so that none of these takes it later. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '0.0.0.0'))) return port;
  }
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Whether a GET is answered 2xx. */
export async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
