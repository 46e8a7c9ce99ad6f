import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Daemon, freePort } from './daemon.ts';
import type { Tools, WorkerVersion } from './tools.ts';

export interface CopawWorkerOptions {
  readonly tools: Tools;
  readonly version: WorkerVersion;
  readonly folder: string;
  readonly name: string;
  readonly storage: { readonly url: string; readonly bucket: string; readonly secret: string };
}

const LAUNCHER = fileURLToPath(new URL('../python/launch_worker.py', import.meta.url));
/** A first start uploads some hundred files. */
const READY_WITHIN_MS = 180_000;

/** A real worker of HiClaw instead of its container: its disk outlives it until it is wiped. */
export class CopawWorker {
  readonly name: string;
  readonly #options: CopawWorkerOptions;
  #daemon: Daemon | undefined;
  #starting: Promise<void> | undefined;

  constructor(options: CopawWorkerOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get running(): boolean {
    return this.#daemon?.running === true;
  }

  /** Resolves when it hears its rooms. */
  async start(): Promise<void> {
    if (this.running) return;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  /** As `docker stop` does. */
  async stop(): Promise<void> {
    await this.#daemon?.stop(10_000);
  }

  /** In the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#daemon?.kill();
  }

  /** What a container that is recreated begins with. */
  async wipe(): Promise<void> {
    await this.kill();
    await rm(this.#home, { recursive: true, force: true });
  }

  get #home(): string {
    return join(this.#options.folder, 'workers', this.name);
  }

  async #start(): Promise<void> {
    const { tools, version, folder, name, storage } = this.#options;
    const bin = join(folder, 'bin');
    await mkdir(join(folder, 'home'), { recursive: true });
    await mkdir(bin, { recursive: true });
    await this.#writeController(bin);
    // Headless is no flag for the old worker, and port 0 for the new one, which does not start without it.
    const flags = version === '0.1.12' ? [] : [`--console-port=${await freePort()}`];
    const startedAtMs = Date.now();
    this.#daemon = await Daemon.start({
      program: tools.workerPython(version),
      arguments: [
        LAUNCHER,
        `--name=${name}`,
        `--fs=${storage.url}`,
        `--fs-key=${name}`,
        `--fs-secret=${storage.secret}`,
        `--fs-bucket=${storage.bucket}`,
        `--install-dir=${join(folder, 'workers')}`,
        ...flags,
      ],
      environment: {
        HOME: join(folder, 'home'),
        LANG: 'C.UTF-8',
        PATH: [bin, tools.bin, join(tools.workerPython(version), '..'), '/usr/bin', '/bin'].join(':'),
        MC_CONFIG_DIR: join(folder, 'home', 'mc'),
        AGENTTEAMS_WORKER_NAME: name,
        AGENTTEAMS_FS_ENDPOINT: storage.url,
        AGENTTEAMS_FS_ACCESS_KEY: name,
        AGENTTEAMS_FS_SECRET_KEY: storage.secret,
        AGENTTEAMS_FS_BUCKET: storage.bucket,
        HICLAW_WORKER_NAME: name,
      },
      folder,
      logFile: this.logFile,
      ready: async () => await this.#listensSince(startedAtMs),
      readyWithinMs: READY_WITHIN_MS,
    });
  }

  get logFile(): string {
    return join(this.#options.folder, `${this.name}.log`);
  }

  /** It saves its place in the stream after each sync: the first one after its set-up says that it hears. */
  async #listensSince(startedAtMs: number): Promise<boolean> {
    const place = await stat(join(this.#home, '.copaw', 'matrix_sync_token')).catch(() => undefined);
    if (place === undefined || place.mtimeMs < startedAtMs) return false;
    const setUp = await stat(join(this.#home, '.copaw', 'providers.json')).catch(() => undefined);
    const log = await readFile(this.logFile, 'utf8');
    return setUp !== undefined && place.mtimeMs > setUp.mtimeMs && log.includes('Worker initialized');
  }

  /** A stand-in for the controller's command, of which a worker asks its team before it starts. */
  async #writeController(bin: string): Promise<void> {
    const file = join(bin, 'agt');
    const team = `{"name": "%s", "workerName": "%s", "phase": "Running", "runtime": "copaw", "role": "worker"}\\n`;
    await writeFile(file, `#!/bin/sh\n[ "$1 $2" = "get workers" ] || exit 1\nprintf '${team}' "$3" "$3"\n`);
    await chmod(file, 0o755);
  }
}
