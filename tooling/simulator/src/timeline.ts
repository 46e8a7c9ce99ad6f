/** Something that will happen; it can be called off. */
export interface Appointment {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** Virtual time: what is to happen, in order. Two things of one moment happen in the order in which they were planned. */
export class Timeline {
  readonly #heap: Appointment[] = [];
  #order = 0;
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  /** Milliseconds since 1970, never set back: what clocks show is the business of the simulated machine. */
  get nowMs(): number {
    return this.#nowMs;
  }

  after(waitMs: number, run: () => void): Appointment {
    if (!Number.isFinite(waitMs)) throw new Error(`nothing can be planned in ${waitMs} ms`);
    this.#order += 1;
    const appointment = { atMs: this.#nowMs + Math.max(0, waitMs), order: this.#order, run };
    this.#heap.push(appointment);
    this.#rise(this.#heap.length - 1);
    return appointment;
  }

  /** Goes to the next thing that was not called off and does it. False when there is none until `untilMs`. */
  step(untilMs: number): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) return false;
      this.#removeFirst();
      if (next.run === undefined) continue;
      this.#nowMs = next.atMs;
      next.run();
      return true;
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (!this.#swapUnlessOrdered(above, index)) return;
      index = above;
    }
  }

  #sink(from: number): void {
    let above = from;
    for (;;) {
      const left = 2 * above + 1;
      const right = left + 1;
      const sooner = isSooner(this.#heap[right], this.#heap[left]) ? right : left;
      if (!this.#swapUnlessOrdered(above, sooner)) return;
      above = sooner;
    }
  }

  #swapUnlessOrdered(above: number, below: number): boolean {
    const one = this.#heap[above];
    const other = this.#heap[below];
    if (one === undefined || other === undefined || !isSooner(other, one)) return false;
    this.#heap[above] = other;
    this.#heap[below] = one;
    return true;
  }
}

function isSooner(one: Appointment | undefined, other: Appointment | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
