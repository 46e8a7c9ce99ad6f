import {
  behaviourSchema,
  type Behaviour,
  type BehaviourInput,
  type BehaviourScope,
} from './worker/behaviour.ts';
import type { WorkerContainer } from './worker/container.ts';
import type { WorkerActivity } from './worker/profile.ts';

/** `created` never ran, `stopped` did; `removed` has lost its disk. */
export type WorkerState = WorkerActivity | 'created' | 'stopped' | 'removed';

export interface WorkerView {
  readonly name: string;
  readonly userId: string;
  readonly roomId: string;
  readonly profile: string;
  readonly state: WorkerState;
  readonly behaviour: Behaviour;
  readonly failStarts: boolean;
}

/** One worker, as the sandbox's user holds it. */
export class SandboxWorker {
  readonly name: string;
  readonly userId: string;
  readonly roomId: string;
  readonly container: WorkerContainer;
  readonly #revokeTokens: () => void;

  constructor(options: {
    readonly name: string;
    readonly userId: string;
    readonly roomId: string;
    readonly container: WorkerContainer;
    readonly revokeTokens: () => void;
  }) {
    this.name = options.name;
    this.userId = options.userId;
    this.roomId = options.roomId;
    this.container = options.container;
    this.#revokeTokens = options.revokeTokens;
  }

  get state(): WorkerState {
    if (this.container.activity !== undefined) return this.container.activity;
    if (this.container.status === 'created') return 'created';
    return this.container.status === 'not_found' ? 'removed' : 'stopped';
  }

  view(): WorkerView {
    return {
      name: this.name,
      userId: this.userId,
      roomId: this.roomId,
      profile: this.container.profile.name,
      state: this.state,
      behaviour: this.container.behaviours.always,
      failStarts: this.container.failStarts,
    };
  }

  /** What lies on its disk, byte for byte, by path. */
  get files(): ReadonlyMap<string, string> {
    return this.container.disk.files();
  }

  /** What it wrote to its log lately. */
  get log(): readonly string[] {
    return this.container.log;
  }

  /** Starts the container; use `untilListening` to know when it hears. False when starts are made to fail. */
  start(): boolean {
    return this.container.start();
  }

  /** Resolves when the process is gone. A job at hand is forgotten, messages that come now are heard at the next start. */
  stop(): Promise<void> {
    return this.container.stop();
  }

  /** As SIGKILL. */
  kill(): Promise<void> {
    return this.container.kill();
  }

  /** Removes the container with its disk. */
  remove(): Promise<void> {
    return this.container.remove();
  }

  /** Rejects when the worker does not run. */
  untilListening(): Promise<void> {
    return this.container.untilListening();
  }

  failStarts(fail: boolean): void {
    this.container.failStarts = fail;
  }

  /** How it treats its jobs from now on, or its next job only. Throws a ZodError for what is no behaviour. */
  behave(input: BehaviourInput, scope: BehaviourScope = 'always'): void {
    const behaviour = behaviourSchema.parse(input);
    if (behaviour.kind === 'disconnected' && behaviour.when === 'now') this.#revokeTokens();
    else this.container.behaviours.set(behaviour, scope);
  }
}
