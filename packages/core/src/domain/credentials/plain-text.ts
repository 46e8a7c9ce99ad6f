/**
 * Text as it is compared with what credentials look like: each character is one ASCII character, and what hides or
 * disguises an ASCII character is taken away. Fullwidth and mathematical letters become the letters that they show, marks
 * that are put above or below a letter and characters that nobody sees (zero-width, soft hyphen, direction, control) go.
 */
export interface PlainText {
  /** Without what cannot be seen. A character that is no ASCII character in disguise is `SEPARATOR`. */
  readonly text: string;
  /** The same with `SEPARATOR` where something unseen was; undefined when there was none. */
  readonly separated: string | undefined;
}

/** Stands for every character that is no ASCII character in disguise. Neither a letter nor a space to a pattern. */
const SEPARATOR = 0x80;
const UNSEEN = 0x81;
const EXPANDED = 0x82;

/** Nothing in such a text has to be looked up. */
const NEEDS_READING = /[^\t\n\r -~]/;

const UNSEEN_CHARACTER = /[\p{M}\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}\ufffd]/u;
const MARK = /\p{M}/gu;
const DASH = /[\p{Pd}\u2212]/u;
const ASCII_ONLY = /[^\0-\x7f]/;
/** Line feed and its kin; \t and the other spaces stay apart from them. */
const LINE_ENDS: ReadonlySet<number> = new Set([0x0a, 0x0b, 0x0c, 0x0d, 0x85, 0x20_28, 0x20_29]);

/** What each character of a block of 256 becomes. Made when the first of them is met; there are 528 at most. */
const blocks = Array.from<undefined, Uint8Array | undefined>({ length: 0xe_10 }, () => undefined);
/** The few characters that show several, such as a ligature. */
const expansions = new Map<number, string>();

export function plainText(text: string): PlainText {
  if (!NEEDS_READING.test(text)) return { text, separated: undefined };
  const plain = new Writer(text.length);
  const hasUnseen = writePlain(text, plain, false);
  if (!hasUnseen) return { text: plain.text(), separated: undefined };
  const separated = new Writer(text.length);
  writePlain(text, separated, true);
  return { text: plain.text(), separated: separated.text() };
}

/** Whether there was something unseen. */
function writePlain(text: string, target: Writer, separates: boolean): boolean {
  const ascii = blockOf(0);
  let hasUnseen = false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    let shown = unit < SEPARATOR ? ascii[unit] : undefined;
    let code = unit;
    if (shown === undefined) {
      code = text.codePointAt(index) ?? unit;
      if (code > 0xff_ff) index += 1;
      shown = shownAs(code);
    }
    if (shown === UNSEEN) {
      hasUnseen = true;
      if (separates) target.write(SEPARATOR);
    } else if (shown === EXPANDED) {
      target.writeAll(expansions.get(code) ?? '', text.length - index);
    } else {
      target.write(shown);
    }
  }
  return hasUnseen;
}

/** Characters of one byte each. */
class Writer {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  write(code: number): void {
    this.#bytes[this.#length] = code;
    this.#length += 1;
  }

  /** `rest` is how many characters may still be written one by one. */
  writeAll(several: string, rest: number): void {
    const needed = this.#length + several.length + rest;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    for (let index = 0; index < several.length; index += 1) this.write(several.charCodeAt(index));
  }

  text(): string {
    return Buffer.from(this.#bytes.buffer, 0, this.#length).toString('latin1');
  }
}

function shownAs(code: number): number {
  const number = code >> 8;
  // Elsewhere there are Chinese characters, and what is private or not assigned.
  if (number >= 0x2_00 && (number < 0xe_00 || number >= 0xe_10)) return SEPARATOR;
  return blockOf(number)[code & 0xff] ?? SEPARATOR;
}

function blockOf(number: number): Uint8Array {
  const known = blocks[number];
  if (known !== undefined) return known;
  const block = readBlock(number);
  blocks[number] = block;
  return block;
}

function readBlock(number: number): Uint8Array {
  const block = new Uint8Array(256);
  for (let low = 0; low < block.length; low += 1) block[low] = readCharacter((number << 8) | low);
  return block;
}

function readCharacter(code: number): number {
  if (code >= 0xd8_00 && code <= 0xdf_ff) return SEPARATOR;
  if (LINE_ENDS.has(code)) return 0x0a;
  if (code === 0x09) return code;
  const character = String.fromCodePoint(code);
  if (UNSEEN_CHARACTER.test(character)) return UNSEEN;
  if (code < SEPARATOR) return code;
  if (/\s/.test(character)) return 0x20;
  if (DASH.test(character)) return 0x2d;
  const shown = character.normalize('NFKD').replace(MARK, '');
  if (shown === '' || ASCII_ONLY.test(shown)) return SEPARATOR;
  if (shown.length === 1) return shown.charCodeAt(0);
  expansions.set(code, shown);
  return EXPANDED;
}
