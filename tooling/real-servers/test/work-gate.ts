import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxClock } from '@agrenting-hiclaw/sandbox/hiclaw';

/** The machine's time for everything but work of `HELD_WORK_MS`, which takes until the gate is opened. */
export class WorkGate implements SandboxClock {
  /** A worker that is asked to work for so long waits at the gate. */
  static readonly HELD_WORK_MS = 3_600_000;
  #gate = Promise.withResolvers<void>();

  now(): number {
    return Date.now();
  }

  async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    if (durationMs !== WorkGate.HELD_WORK_MS) {
      return await delay(durationMs, undefined, signal === undefined ? {} : { signal });
    }
    signal?.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    await Promise.race([this.#gate.promise, promise]).finally(() =>
      signal?.removeEventListener('abort', onAbort),
    );
  }

  /** Has everybody who waits finish; later ones wait again. */
  open(): void {
    this.#gate.resolve();
    this.#gate = Promise.withResolvers();
  }
}
