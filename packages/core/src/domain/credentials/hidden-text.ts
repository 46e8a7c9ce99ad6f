/** What a piece of text carries in characters that nobody sees. */
export interface HiddenText {
  /** What they may say, one reading a line: tags as ASCII, variation selectors as bytes, and some of them as hexadecimal. */
  readonly text: string;
  /** True where there are so many that they have no use but to carry something. */
  readonly isCarrier: boolean;
}

const ASCII_ONLY = /^[\0-\x7f]*$/; // bounded: one class behind ^
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;
const IDEOGRAPH = /[\p{Ideographic}\p{Script=Han}]/u;
/** Characters of ASCII that are shown as emoji with a selector: keys of a telephone. */
const KEY = /[\d#*]/;
const BLACK_FLAG = 0x1_f3_f4;
/** The flag of a part of a country, such as that of Scotland, and the end of it. */
const FLAG = /^[a-z]{2}[a-z\d]{1,3}\u007f$/;

/** So many tags or selectors one behind the other have no use. */
const MAX_STRAYS_IN_A_ROW = 3;
/** What other programs leave behind here and there. */
const MAX_STRAYS = 15;
/** Invisible characters of several kinds, one behind the other; of one kind they say nothing but how many there are. */
const MAX_IGNORABLE_IN_A_ROW = 7;

/** Undefined where there is nothing invisible in the text. Flags, emoji and the selectors of ideographs are legitimate. */
export function hiddenText(text: string): HiddenText | undefined {
  if (ASCII_ONLY.test(text) || !IGNORABLE.test(text)) return undefined;
  const reader = new Reader();
  for (let index = 0; index < text.length; index += 1) {
    const code = text.codePointAt(index) ?? 0;
    if (code > 0xff_ff) index += 1;
    reader.read(code);
  }
  return reader.end();
}

class Reader {
  readonly #tags: string[] = [];
  readonly #bytes: string[] = [];
  readonly #digits: string[] = [];
  #strays = 0;
  #isCarrier = false;
  /** What is seen before what is read now. */
  #base = 0;
  /** The tags behind it, and the others. */
  #flag = '';
  #selectors = 0;
  #ignorable = 0;
  #isMixed = false;
  #previous = 0;

  read(code: number): void {
    const selector = selectorOf(code);
    if (code >= 0xe_00_20 && code <= 0xe_00_7f) {
      const tag = String.fromCharCode(code - 0xe_00_00);
      this.#tags.push(tag);
      if (this.#flag.length < 8) this.#flag += tag;
      this.#strayed();
    } else if (selector !== undefined) {
      this.#bytes.push(String.fromCharCode(selector));
      if (selector < 16) this.#digits.push(selector.toString(16));
      if (this.#previous !== this.#base || !takesSelector(this.#base, selector)) this.#strayed();
    } else if (code > 0x7f && IGNORABLE.test(String.fromCodePoint(code))) {
      this.#isMixed ||= this.#ignorable > 0 && code !== this.#previous;
      this.#ignorable += 1;
      if (this.#isMixed && this.#ignorable > MAX_IGNORABLE_IN_A_ROW) this.#isCarrier = true;
    } else {
      this.#seen(code);
    }
    this.#previous = code;
  }

  end(): HiddenText {
    this.#seen(0);
    return {
      text: [this.#tags, this.#bytes, this.#digits].map((each) => each.join('')).join('\n'),
      isCarrier: this.#isCarrier || this.#strays > MAX_STRAYS,
    };
  }

  #strayed(): void {
    this.#selectors += 1;
    this.#strays += 1;
  }

  /** What was read since the last character that is seen is judged. */
  #seen(code: number): void {
    if (this.#base === BLACK_FLAG && FLAG.test(this.#flag)) {
      this.#strays -= this.#flag.length;
      this.#selectors -= this.#flag.length;
    }
    if (this.#selectors > MAX_STRAYS_IN_A_ROW) this.#isCarrier = true;
    this.#base = code;
    this.#flag = '';
    this.#selectors = 0;
    this.#ignorable = 0;
    this.#isMixed = false;
  }
}

/** The number of a variation selector, which is a byte of hidden text. */
function selectorOf(code: number): number | undefined {
  if (code >= 0xfe_00 && code <= 0xfe_0f) return code - 0xfe_00;
  return code >= 0xe_01_00 && code <= 0xe_01_ef ? code - 0xe_01_00 + 16 : undefined;
}

function takesSelector(base: number, selector: number): boolean {
  const character = String.fromCodePoint(base);
  if (selector >= 16) return IDEOGRAPH.test(character);
  return base > 0x7f || (selector >= 14 && KEY.test(character));
}
