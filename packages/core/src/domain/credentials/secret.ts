import { inspect } from 'node:util';

/**
 * A credential that cannot be printed by accident: every way of turning it into text gives
 * `[redacted]`. Only `reveal()` gives the value, so a search for that word finds every place
 * where a credential leaves this type.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The credential itself, for the one call that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}
