import type { Behaviours } from './behaviour.ts';
import type { WorkerDisk } from './disk.ts';
import type { WorkerActivity, WorkerMachine, WorkerProfile } from './profile.ts';

/** As Docker names it (HiClaw reference, 6.1). */
export type ContainerStatus = 'created' | 'running' | 'exited' | 'not_found';

export interface ContainerOptions {
  readonly profile: WorkerProfile;
  readonly machine: Omit<WorkerMachine, 'signal' | 'report' | 'log'>;
}

const logLength = 200;

/** The container of one worker: what Docker sees, and the process inside. */
export class WorkerContainer {
  readonly profile: WorkerProfile;
  readonly log: string[] = [];
  /** Set to make the next starts fail. */
  failStarts = false;
  #starts = 0;
  #status: ContainerStatus = 'created';
  #activity: WorkerActivity | undefined;
  #process: { readonly ending: AbortController; readonly ended: Promise<void> } | undefined;
  readonly #machine: ContainerOptions['machine'];
  readonly #watchers = new Set<() => void>();

  constructor(options: ContainerOptions) {
    this.profile = options.profile;
    this.#machine = options.machine;
  }

  get status(): ContainerStatus {
    return this.#status;
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  /** Undefined while no process runs. */
  get activity(): WorkerActivity | undefined {
    return this.#activity;
  }

  get behaviours(): Behaviours {
    return this.#machine.behaviours;
  }

  get disk(): WorkerDisk {
    return this.#machine.disk;
  }

  /** Runs the container; it hears nothing before its start time is over. False when starts are made to fail. */
  start(): boolean {
    if (this.#process !== undefined) return true;
    if (this.failStarts) return false;
    if (this.#status === 'not_found') this.disk.erase();
    const ending = new AbortController();
    const ended = this.profile
      .run({
        ...this.#machine,
        signal: ending.signal,
        report: (activity) => {
          if (this.#process?.ending === ending) this.#change('running', activity);
        },
        log: (line) => {
          this.#write(line);
        },
      })
      .catch((error: unknown) => {
        this.#write(`died: ${String(error)}`);
      })
      .finally(() => {
        this.#process = undefined;
        this.#change('exited', undefined);
      });
    this.#process = { ending, ended };
    this.#starts += 1;
    this.#change('running', 'starting');
    return true;
  }

  /** Resolves when the process is gone; it may tidy up. The work at hand is forgotten. */
  stop(): Promise<void> {
    return this.#end('stop');
  }

  /** As SIGKILL. */
  kill(): Promise<void> {
    return this.#end('kill');
  }

  /** Removes the container and its disk; the next start makes a new one. */
  async remove(): Promise<void> {
    await this.#end('kill');
    this.#change('not_found', undefined);
  }

  /** Resolves when the worker hears its rooms; rejects when it does not run any more. */
  async untilListening(): Promise<void> {
    while (this.#activity !== 'listening' && this.#activity !== 'working') {
      if (this.#process === undefined) throw new Error(`worker ${this.#machine.name} does not run`);
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve);
      });
    }
  }

  async #end(reason: 'stop' | 'kill'): Promise<void> {
    this.#process?.ending.abort(reason);
    await this.#process?.ended;
  }

  #change(status: ContainerStatus, activity: WorkerActivity | undefined): void {
    this.#status = status;
    this.#activity = activity;
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const wake of watchers) wake();
  }

  #write(line: string): void {
    this.log.push(`${new Date(this.#machine.clock.now()).toISOString()} ${line}`);
    if (this.log.length > logLength) this.log.shift();
  }
}
