import { StoreError } from '@agrenting-hiclaw/core/domain';
import type { Prng } from './prng.ts';
import type { EventLoopIdle } from './event-loop-idle.ts';
import type { Scenario } from './scenario.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';
import type { Violations } from './violations.ts';

/** Calls at one moment of virtual time, from which a loop can only be spinning. */
const MAX_CALLS_AT_ONCE = 2000;
/** Marks what was planted, so that any other error is a finding. */
export const PLANTED = 'planted';

/** `write`: a call to the store that leaves something to later turns of the event loop. `look`: any other. */
export type CallKind = 'write' | 'look' | 'port';

/** What all processes of one run share. */
export interface Stage {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly quiet: EventLoopIdle;
  readonly trace: Trace;
  readonly violations: Violations;
  /** False once faults are off. */
  faulty: boolean;
  /** What the machine's clock shows besides the true time, in milliseconds. */
  skewMs: number;
  /** When a clock was last set, that of the machine or one outside. */
  clockSetAtMs: number;
  /** Counts calls, to kill at one of them. */
  calls: number;
  /** Kills at this call, before or after its effect, besides what the seed draws. */
  readonly killAt: { readonly call: number; readonly when: 'before' | 'after' } | undefined;
}

/**
 * What stands between one process and everything outside of it. The process can die, stand still or be
 * answered late at every call; once it is dead, nothing that it waits for settles anymore.
 */
export class CrashPoints {
  readonly name: string;
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #onDeath: (() => void)[] = [];
  #alive = true;
  #stalledUntilMs = 0;
  #momentMs = 0;
  #callsAtMoment = 0;

  constructor(name: string, stage: Stage, prng: Prng) {
    this.name = name;
    this.#stage = stage;
    this.#prng = prng;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get stalled(): boolean {
    return this.#stalledUntilMs > this.#stage.timeline.nowMs;
  }

  onDeath(listener: () => void): void {
    this.#onDeath.push(listener);
  }

  die(how: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#stage.trace.note(`${this.name} ${how}`);
    for (const listener of this.#onDeath) listener();
  }

  /** Runs a call with its effect; `describe` says for the trace what came of it, and `silenceMs` is how long it is waited for. */
  async cross<T>(
    kind: CallKind,
    call: string,
    effect: () => Promise<T>,
    describe: (outcome: T) => string = () => 'ok',
    silenceMs = 0,
  ): Promise<T> {
    const stage = this.#stage;
    if (!this.#alive || this.#spins()) return await never();
    stage.calls += 1;
    const number = stage.calls;
    const { rates } = stage.scenario;
    const kills =
      stage.faulty && this.#prng.chance(rates.kill) ? this.#prng.pick('before', 'after') : undefined;
    const killed = stage.killAt?.call === number ? stage.killAt.when : kills;
    if (stage.faulty && this.#prng.chance(rates.stall)) this.#stall(this.#prng.between(20, 300) * 1000);
    const slow = this.#prng.chance(kind === 'port' ? rates.slow : rates.slow / 10);

    await this.#pause(slow ? this.#latencyMs(kind) : 0);
    if (!this.#alive) return await never();
    if (killed === 'before') return await this.#killed(`killed before ${call}`);
    if (kind !== 'port' && stage.faulty && this.#prng.chance(rates.storeFails)) {
      stage.trace.note(`${this.name} ${call}: the disk fails`);
      throw new StoreError('disk', `The disk fails (${PLANTED})`, 'None');
    }
    if (kind === 'write') stage.quiet.wrote();
    const outcome = await this.#effect(call, effect);
    stage.trace.note(`${this.name} ${call}: ${describe(outcome)}`);
    if (killed === 'after') return await this.#killed(`killed after ${call}`);
    await this.#pause(silenceMs + (slow ? this.#latencyMs(kind) : 0));
    return this.#alive ? outcome : await never();
  }

  /** Resolves after a while, or at once when the signal aborts; never for a dead process. */
  async sleep(waitMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#alive || this.#spins()) return await never();
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        alarm.run = undefined;
        signal.removeEventListener('abort', wake);
        if (!this.#alive) return;
        if (this.stalled) this.#after(this.#stalledUntilMs - this.#stage.timeline.nowMs, resolve);
        else resolve();
      };
      const alarm = this.#stage.timeline.after(waitMs, wake);
      signal.addEventListener('abort', wake);
    });
  }

  async #effect<T>(call: string, effect: () => Promise<T>): Promise<T> {
    try {
      const outcome = await effect();
      return this.#alive ? outcome : await never();
    } catch (error) {
      if (!this.#alive) return await never();
      this.#stage.trace.note(
        `${this.name} ${call} threw ${error instanceof Error ? error.name : 'something'}`,
      );
      throw error;
    }
  }

  async #killed(how: string): Promise<never> {
    this.die(how);
    return await never();
  }

  async #pause(waitMs: number): Promise<void> {
    let leftMs = waitMs;
    for (;;) {
      if (!this.#alive) return await never();
      if (this.stalled) leftMs = Math.max(leftMs, this.#stalledUntilMs - this.#stage.timeline.nowMs);
      if (leftMs <= 0) return;
      const ms = leftMs;
      leftMs = 0;
      await new Promise<void>((resolve) => this.#after(ms, resolve));
    }
  }

  #after(waitMs: number, run: () => void): void {
    this.#stage.timeline.after(waitMs, () => {
      if (this.#alive) run();
    });
  }

  #stall(forMs: number): void {
    // Of several calls at once each may say so: it goes on once all of that is over.
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#stage.timeline.nowMs + forMs);
    this.#stage.trace.note(`${this.name} stands still for ${forMs / 1000} s`);
  }

  #latencyMs(kind: CallKind): number {
    if (kind !== 'port') return this.#prng.between(1, 60);
    return this.#prng.chance(0.15) ? this.#prng.between(1000, 25_000) : this.#prng.between(1, 400);
  }

  #spins(): boolean {
    const { nowMs } = this.#stage.timeline;
    if (this.#momentMs !== nowMs) {
      this.#momentMs = nowMs;
      this.#callsAtMoment = 0;
    }
    this.#callsAtMoment += 1;
    if (this.#callsAtMoment < MAX_CALLS_AT_ONCE) return false;
    this.#stage.violations.add(
      'broken',
      'no loop spins',
      `${this.name} made ${MAX_CALLS_AT_ONCE} calls at once`,
    );
    this.die('spun and was ended');
    return true;
  }
}

async function never(): Promise<never> {
  return await new Promise<never>(() => undefined);
}
