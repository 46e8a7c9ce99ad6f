import type { Clock } from '../../domain/index.ts';

/** Time that a test moves; sleeping lasts until the signal aborts. */
export class ManualClock implements Clock {
  ms: number;

  constructor(ms = Date.UTC(2026, 10, 23, 10)) {
    this.ms = ms;
  }

  nowMs(): number {
    return this.ms;
  }

  elapsedMs(): number {
    return this.ms;
  }

  async sleep(_waitMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
