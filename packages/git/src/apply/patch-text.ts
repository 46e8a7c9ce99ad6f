import { createYielder } from '../run/event-loop.ts';

/** One way to read a patch, as `git apply` takes it. */
export interface PatchReading {
  readonly bytes: Buffer;
  /** How many folders are cut off the front of each path: 1 for `a/` and `b/`, 0 with diff.noprefix. */
  readonly strip: 0 | 1;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const ESCAPE = 0x1b;
/** What git writes to colour a line. */
// eslint-disable-next-line no-control-regex -- colours begin with a control character
const COLOUR = /\u001b\[[\d;]{0,32}[mK]/g;
/** The head of a longer line is not read; no path is longer. */
const MAX_HEAD_BYTES = 16_384;
/** A coloured line that is longer is left as it is. */
const MAX_COLOURED_BYTES = 65_536;
const HUNK = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/;
const FILE_BEGINS = /^(?:diff --git |--- )/;
/** As many blank lines at the end of a change are made good. */
const MAX_BLANK_LINES = 100;

/**
 * The text of a patch as git writes it, whatever wrote it down: PowerShell redirects programs as UTF-16, and editors put a
 * mark in front. The bytes themselves when there is no mark.
 */
export function patchBytes(bytes: Buffer): Buffer {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(bytes.toString('utf16le', 2));
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/**
 * What a patch may mean, the likeliest first: in colour, with CRLF, without a/ and b/ or without its last line ends it is what
 * git wrote before somebody's settings or tools went over it. Two ways only where all lines end with CR LF, since the files may be written so.
 */
export async function patchReadings(patch: Buffer): Promise<readonly PatchReading[]> {
  const style = await styleOf(patch);
  const { isColoured, hasReturns } = style;
  const prefixes = new Prefixes();
  // Without the carriage returns of all lines, and without those of git's own lines only.
  const changed = isColoured || hasReturns ? new Writer(patch.length) : undefined;
  const withContent = hasReturns ? new Writer(patch.length) : undefined;
  const yieldTurn = createYielder();
  let oldLeft = 0;
  let newLeft = 0;
  let isEveryLineReturned = true;
  for (let at = 0; at < patch.length;) {
    const start = at;
    const end = endOfLine(patch, start);
    at = end + 1;
    // So many lines are empty that nothing may be made for each.
    if (end === start && changed === undefined && oldLeft === 0 && newLeft === 0) continue;
    await yieldTurn();
    const isContent = (oldLeft > 0 || newLeft > 0) && !isRemark(patch, start);
    const line = isColoured
      ? withoutColour(patch.subarray(start, end), isContent)
      : patch.subarray(start, end);
    if (line === undefined) return [{ bytes: patch, strip: 1 }];
    changed?.line(line, hasReturns);
    withContent?.line(line, !isContent);
    if (isContent) {
      // Where the last line end was cut off, both halves of it are gone.
      isEveryLineReturned &&= endsWithReturn(line) || end === patch.length;
      const sign = String.fromCharCode(line[0] ?? 0x20);
      if (sign !== '+') oldLeft -= 1;
      if (sign !== '-') newLeft -= 1;
    } else if (line.length > 3) {
      const head = line.toString('latin1', 0, MAX_HEAD_BYTES);
      const [hunk, old = '1', added = '1'] = HUNK.exec(head) ?? [];
      if (hunk === undefined) prefixes.read(head);
      else [oldLeft, newLeft] = [Number(old), Number(added)];
    }
  }
  const blank = oldLeft === newLeft && oldLeft > 0 && oldLeft <= MAX_BLANK_LINES ? oldLeft : 0;
  const isCut = changed === undefined && patch.at(-1) !== LINE_FEED;
  // A line end more is nothing to git, and ends what is binary.
  const ending = Buffer.from(`${isCut ? '\n' : ''}${' \n'.repeat(blank)}\n`);
  const texts = withContent === undefined || isEveryLineReturned ? [changed, withContent] : [withContent];
  const bytes =
    changed === undefined ? [patch] : texts.flatMap((each) => (each === undefined ? [] : [each.written()]));
  return bytes.map((each) => ({
    bytes: Buffer.concat([each, ending]),
    strip: prefixes.areNone() ? 0 : 1,
  }));
}

/** Lines one after the other, with no more made for each than what it is. */
class Writer {
  readonly #bytes: Buffer;
  #length = 0;

  /** Of a text that is no longer, with a line end. */
  constructor(maxBytes: number) {
    this.#bytes = Buffer.allocUnsafe(maxBytes + 1);
  }

  line(line: Buffer, cutsReturn: boolean): void {
    const end = cutsReturn && endsWithReturn(line) ? line.length - 1 : line.length;
    this.#length += line.copy(this.#bytes, this.#length, 0, end);
    this.#bytes[this.#length] = LINE_FEED;
    this.#length += 1;
  }

  written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** How the first line is written that git itself writes. */
async function styleOf(
  patch: Buffer,
): Promise<{ readonly isColoured: boolean; readonly hasReturns: boolean }> {
  const yieldTurn = createYielder();
  for (let at = 0; at < patch.length; await yieldTurn()) {
    const end = endOfLine(patch, at);
    const start = at;
    at = end + 1;
    if (end - start < 4) continue;
    const line = patch.subarray(start, end);
    const isColoured = line[0] === ESCAPE;
    const head = line.toString('latin1', 0, MAX_HEAD_BYTES);
    const shown = isColoured ? head.replace(COLOUR, '') : head;
    if (FILE_BEGINS.test(shown)) return { isColoured, hasReturns: shown.endsWith('\r') };
  }
  return { isColoured: false, hasReturns: false };
}

/** What the paths of a patch begin with. */
class Prefixes {
  #with = 0;
  #without = 0;
  /** The names in the head of the file that is read. */
  #names = '';

  /** A line that is no file's. */
  read(head: string): void {
    const line = head.replace(/\s{1,2}$/, '');
    if (line.startsWith('diff --git ')) {
      this.#names = line.slice('diff --git '.length);
      if (isTwice(this.#names)) this.#without += 1;
      else this.#with += 1;
    } else if (/^(?:rename|copy) from /.test(line)) {
      const from = line.slice(line.indexOf(' from ') + ' from '.length);
      if (!this.#names.startsWith(`${from} `)) return;
      this.#with -= 1;
      this.#without += 1;
    } else if (/^(?:---|\+\+\+) /.test(line)) {
      const name = line.slice(4);
      // Written by hand: names without a prefix above names that have one.
      if (isTwice(this.#names) && name !== '/dev/null' && !this.#names.startsWith(`${name} `))
        this.#with += 1;
    }
  }

  areNone(): boolean {
    return this.#without > 0 && this.#with === 0;
  }
}

function isTwice(names: string): boolean {
  const middle = (names.length - 1) / 2;
  return (
    Number.isInteger(middle) && names[middle] === ' ' && names.slice(0, middle) === names.slice(middle + 1)
  );
}

/** A line without its colours; undefined when there may be some of the file's own among them. */
function withoutColour(line: Buffer, isContent: boolean): Buffer | undefined {
  if (!line.includes(ESCAPE)) return line;
  if (line.length > MAX_COLOURED_BYTES) return undefined;
  const parts = line.toString('latin1').split(COLOUR);
  const text = parts.join('');
  // Git colours the sign, the text and blanks around it, and never a part of the text.
  const signed = parts.findIndex((part) => part !== '');
  const shown = parts.filter((part, at) => (at === signed ? part.slice(1) : part).trim() !== '');
  if (isContent && (text.includes('\u001b') || shown.length > 1)) return undefined;
  return Buffer.from(text, 'latin1');
}

function endOfLine(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(LINE_FEED, at);
  return end === -1 ? bytes.length : end;
}

function endsWithReturn(line: Buffer): boolean {
  return line.at(-1) === CARRIAGE_RETURN;
}

/** "\ No newline at end of file". */
function isRemark(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0x5c;
}
