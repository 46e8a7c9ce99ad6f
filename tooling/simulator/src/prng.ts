/** A stream of chances that a seed and a name decide whole: what one part draws changes nothing for the others. */
export class Prng {
  #a: number;
  #b: number;
  #c = 0x9e3779b9;
  #counter = 1;

  constructor(seed: number, stream: string) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    for (const character of stream) this.#c = Math.imul(this.#c ^ character.charCodeAt(0), 0x01000193);
    for (let round = 0; round < 15; round += 1) this.next();
  }

  /** From 0 up to, but not including, 1 (sfc32). */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number; both ends are possible. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(first: T, ...others: readonly T[]): T {
    const index = this.between(0, others.length);
    return index === 0 ? first : (others[index - 1] ?? first);
  }
}
