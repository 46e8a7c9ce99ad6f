import { createHash } from 'node:crypto';

/** What happened, line by line: two runs are the same when their digests are. */
export class Trace {
  readonly #hash = createHash('sha256');
  readonly #startMs: number;
  readonly #nowMs: () => number;
  readonly #print: ((line: string) => void) | undefined;
  /** Lines so far. */
  count = 0;

  constructor(nowMs: () => number, print: ((line: string) => void) | undefined) {
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
    this.#print = print;
  }

  note(line: string): void {
    this.count += 1;
    const stamped = `${((this.#nowMs() - this.#startMs) / 1000).toFixed(3).padStart(10)} ${line}`;
    this.#hash.update(stamped).update('\n');
    this.#print?.(stamped);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}
