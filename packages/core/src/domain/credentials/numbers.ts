/** The number of a line, as `cat -n`, lists, tables and compilers write it. */
const LINE_NUMBER =
  /^[^\S\n]{0,16}(?:[>*+|-][^\S\n]{0,4}){0,4}[([]?\d{1,6}(?:[.):\]|]|(?=[\t |]))[\t |:]{0,8}|["']\d{1,6}["']\s{0,4}:/gm;

/** Text without the numbers that its lines, or the entries of an object, begin with; the text itself when there is none. */
export function withoutLineNumbers(text: string): string {
  return text.replaceAll(LINE_NUMBER, '');
}

const CODE =
  /(?:0x|u\+0{0,6}|\\u0{0,6})([\da-f]{2})(?![\da-z])|(?<!\w)(?:0b)?([01]{7,8})(?!\w)|(?<!\w)0o?([0-7]{2,3})(?!\w)|(?<!\w)(\d{2,3})(?!\w)/gi;
/** Fewer spell no secret. */
const MIN_CODES = 8;

/** What the numbers of a text spell as codes of characters, decimal ones first, then octal ones; undefined when there are few. */
export function spelledByCodes(text: string): string | undefined {
  const decimal: string[] = [];
  const octal: string[] = [];
  for (const [, hex, binary, prefixed, plain] of text.matchAll(CODE)) {
    const certain =
      hex !== undefined
        ? Number.parseInt(hex, 16)
        : binary !== undefined
          ? Number.parseInt(binary, 2)
          : prefixed !== undefined
            ? Number.parseInt(prefixed, 8)
            : undefined;
    add(decimal, certain ?? Number(plain));
    add(octal, certain ?? (/^[0-7]{2,3}$/.test(plain ?? '') ? Number.parseInt(plain ?? '', 8) : 0));
  }
  return decimal.length < MIN_CODES && octal.length < MIN_CODES
    ? undefined
    : `${decimal.join('')}\n${octal.join('')}`;
}

function add(target: string[], code: number): void {
  if (code > 0x20 && code < 0x7f) target.push(String.fromCharCode(code));
}
