import type { SandboxClock } from '../clock.ts';
import { CommandOutput, readOptions, type CommandResult } from './command.ts';
import { actions, usage, type Containers, type LifecycleContext } from './containers.ts';
import type { HomeFiles } from './home-files.ts';

/** `lifecycle-worker.sh` of HiClaw 1.0: log lines on stdout, the answer of ensure-ready as the last line (6.1). */
export const lifecycleWorker10 = async (
  argv: readonly string[],
  context: LifecycleContext,
): Promise<CommandResult> => {
  const output = new CommandOutput();
  const read = readOptions(argv, ['--action', '--worker']);
  if ('unknown' in read) {
    output.writeError(`Unknown argument: ${read.unknown}`);
    return output.exit(1);
  }
  const action = actions.find((each) => each === read.options.get('--action'));
  const worker = read.options.get('--worker') ?? '';
  if (action === undefined) {
    output.writeError(usage);
    return output.exit(1);
  }
  const script = new Lifecycle10(context, output);
  if (action === 'sync-status') return output.exit(script.syncStatus());
  if (action === 'check-idle') return output.exit(await script.checkIdle());
  if (worker === '') {
    output.writeError(`ERROR: --worker is required for action '${action}'`);
    return output.exit(1);
  }
  switch (action) {
    case 'start':
      return output.exit(script.start(worker) ? 0 : 1);
    case 'stop':
      return output.exit(await script.stop(worker));
    case 'delete':
      return output.exit(await script.remove(worker));
    case 'ensure-ready':
      return output.exit(script.ensureReady(worker));
  }
};

class Lifecycle10 {
  readonly #files: HomeFiles;
  readonly #containers: Containers;
  readonly #log: (line: string) => void;
  readonly #output: CommandOutput;
  readonly #clock: SandboxClock;

  constructor(context: LifecycleContext, output: CommandOutput) {
    this.#files = context.files;
    this.#containers = context.containers;
    this.#clock = context.clock;
    this.#output = output;
    this.#log = (line) => {
      output.log(line, context.clock.now());
    };
    this.#files.init();
  }

  /** `--worker` is ignored; the outcome is in worker-lifecycle.json only. */
  syncStatus(): number {
    for (const worker of this.#registered()) {
      this.#ensureEntry(worker);
      const status = this.#containers.unavailable ? 'remote' : this.#containers.status(worker);
      if (!this.#containers.unavailable) this.#log(`Worker ${worker}: status=${status} (backend=docker)`);
      this.#files.changeLifecycle(worker, { container_status: status });
    }
    this.#log(
      this.#containers.unavailable
        ? 'No worker backend available — marking all workers as remote'
        : 'Status sync complete',
    );
    return 0;
  }

  /** Judges by the status that the last sync wrote, as the script does. */
  async checkIdle(): Promise<number> {
    const timeoutMs = this.#files.lifecycle().idle_timeout_minutes * 60_000;
    for (const worker of this.#registered()) {
      this.#ensureEntry(worker);
      const entry = this.#files.lifecycle().workers[worker];
      const since = entry?.idle_since ?? null;
      if (this.#files.state().active_tasks.some((task) => task.assigned_to === worker)) {
        if (since !== null) {
          this.#log(`Worker ${worker} has active tasks — clearing idle_since`);
          this.#files.changeLifecycle(worker, { idle_since: null });
        }
      } else if (entry?.container_status === 'running') {
        const idleMs = since === null ? 0 : this.#clock.now() - Date.parse(since);
        if (since === null) {
          this.#log(`Worker ${worker} is idle — setting idle_since`);
          this.#files.changeLifecycle(worker, { idle_since: this.#files.now() });
        } else if (idleMs >= timeoutMs) {
          const seconds = Math.floor(idleMs / 1000);
          const limit = `timeout: ${timeoutMs / 1000}s`;
          this.#log(`Worker ${worker} idle for ${seconds}s (${limit}) — auto-stopping`);
          await this.stop(worker);
        }
      }
    }
    return 0;
  }

  start(worker: string): boolean {
    this.#ensureEntry(worker);
    if (this.#isRemote(worker)) {
      this.#log(`Worker ${worker} is remote — cannot start via container API`);
      this.#log('The admin should restart this worker on the target machine manually');
      return false;
    }
    if (this.#containers.unavailable) return this.#failed('ERROR: No worker backend available');
    const status = this.#containers.status(worker);
    this.#log(
      status === 'not_found'
        ? `Worker ${worker} not found — recreating (backend=docker)`
        : `Starting worker ${worker} (status: ${status}, backend=docker)`,
    );
    if (!this.#containers.start(worker))
      return this.#failed(`ERROR: Failed to start/recreate worker ${worker}`);
    this.#files.changeLifecycle(worker, {
      container_status: 'running',
      idle_since: null,
      last_started_at: this.#files.now(),
    });
    this.#log(`Worker ${worker} running and lifecycle file updated`);
    return true;
  }

  async stop(worker: string): Promise<number> {
    this.#ensureEntry(worker);
    if (this.#containers.unavailable) return Number(!this.#failed('ERROR: No worker backend available'));
    this.#log(`Stopping worker ${worker} (backend=docker)`);
    if (!this.#containers.names().includes(worker)) {
      return Number(!this.#failed(`ERROR: Failed to stop worker ${worker}`));
    }
    await this.#containers.stop(worker);
    this.#files.changeLifecycle(worker, { container_status: 'stopped', auto_stopped_at: this.#files.now() });
    this.#log(`Worker ${worker} stopped and lifecycle file updated`);
    return 0;
  }

  async remove(worker: string): Promise<number> {
    if (!this.#containers.names().includes(worker)) {
      return Number(!this.#failed(`ERROR: Failed to delete worker ${worker}`));
    }
    await this.#containers.remove(worker);
    this.#files.changeLifecycle(worker, { container_status: 'not_found' });
    this.#log(`Worker ${worker} deleted`);
    return 0;
  }

  /** `ready` says that the container runs, not that the agent listens. */
  ensureReady(worker: string): number {
    if (this.#isRemote(worker)) {
      this.#log(`Worker ${worker} is remote — assumed ready`);
      return this.#answer(worker, 'remote', 'remote');
    }
    if (this.#containers.unavailable) {
      this.#log(`Container API not available — cannot check worker ${worker}`);
      return this.#answer(worker, 'failed', 'unknown', 'container_api_unavailable');
    }
    const status = this.#containers.status(worker);
    this.#log(`Worker ${worker} container_status=${status}`);
    if (status === 'running') return this.#answer(worker, 'ready', 'running');
    const isMissing = status === 'not_found';
    this.#log(
      isMissing
        ? `Worker ${worker} container not found — attempting recreate`
        : `Worker ${worker} is ${status} — starting`,
    );
    if (!this.start(worker)) {
      this.#log(`ERROR: Failed to ${isMissing ? 'recreate' : 'start'} worker ${worker}`);
      return this.#answer(worker, 'failed', status, isMissing ? 'recreate_failed' : 'start_failed');
    }
    this.#log(`Worker ${worker} ${isMissing ? 'recreated' : 'started'} successfully`);
    return this.#answer(worker, isMissing ? 'recreated' : 'started', 'running');
  }

  #answer(worker: string, status: string, containerStatus: string, error?: string): number {
    const answer = {
      worker,
      status,
      container_status: containerStatus,
      ...(error === undefined ? {} : { error }),
    };
    this.#output.print(JSON.stringify(answer));
    return status === 'failed' ? 1 : 0;
  }

  #failed(line: string): boolean {
    this.#log(line);
    return false;
  }

  #registered(): string[] {
    return Object.keys(this.#files.registry().workers);
  }

  #isRemote(worker: string): boolean {
    return this.#files.registry().workers[worker]?.deployment === 'remote';
  }

  #ensureEntry(worker: string): void {
    if (this.#files.lifecycle().workers[worker] !== undefined) return;
    this.#files.changeLifecycle(worker, {
      container_status: 'unknown',
      idle_since: null,
      auto_stopped_at: null,
      last_started_at: null,
    });
  }
}
