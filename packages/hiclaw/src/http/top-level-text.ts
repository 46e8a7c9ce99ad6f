const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPENING: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSING: ReadonlySet<number> = new Set([0x7d, 0x5d]);

/** A longer key or text is none that is looked for. */
const MAX_BYTES = 4_096;

/**
 * Finds one text among the fields of a JSON object that is too large to be kept, piece by piece: all that lies deeper is
 * passed over and none of it is kept.
 */
export class TopLevelText {
  /** The text, once it was found. */
  found: string | undefined;

  readonly #field: string;
  #depth = 0;
  #inText = false;
  #escaped = false;
  /** Behind a colon, at the top level. */
  #atValue = false;
  #key: string | undefined;
  #bytes: number[] = [];

  constructor(field: string) {
    this.#field = field;
  }

  /** Takes the next piece; what follows the text that was looked for is not looked at. */
  read(piece: Uint8Array): void {
    for (const byte of piece) {
      if (this.found !== undefined) return;
      if (this.#inText) this.#readInText(byte);
      else this.#readBetween(byte);
    }
  }

  #readInText(byte: number): void {
    if (byte === QUOTE && !this.#escaped) {
      this.#inText = false;
      if (this.#depth === 1) this.#endText();
      return;
    }
    this.#escaped = byte === BACKSLASH && !this.#escaped;
    if (this.#depth === 1 && this.#bytes.length <= MAX_BYTES) this.#bytes.push(byte);
  }

  #readBetween(byte: number): void {
    if (byte === QUOTE) {
      this.#inText = true;
      this.#escaped = false;
      this.#bytes = [];
    } else if (OPENING.has(byte)) this.#depth += 1;
    else if (CLOSING.has(byte)) this.#depth -= 1;
    else if (this.#depth === 1 && byte === COLON) this.#atValue = true;
    else if (this.#depth === 1 && byte === COMMA) this.#atValue = false;
  }

  #endText(): void {
    const text = this.#bytes.length > MAX_BYTES ? undefined : textOf(this.#bytes);
    if (!this.#atValue) this.#key = text;
    else if (this.#key === this.#field) this.found = text;
  }
}

function textOf(bytes: readonly number[]): string | undefined {
  try {
    const parsed: unknown = JSON.parse(`"${Buffer.from(bytes).toString()}"`);
    return typeof parsed === 'string' ? parsed : undefined;
  } catch {
    return undefined;
  }
}
