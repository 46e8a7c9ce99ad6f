import { setImmediate as turn } from 'node:timers/promises';

/** Takes secrets out of a text of one byte a character. */
export interface TextRedactor {
  redact(text: string): { readonly text: string; readonly count: number };
  /** Where a secret begins that lies across a place of a text, with what shows that it is one; undefined where none does. */
  across(text: string, place: number): number | undefined;
}

export interface RedactedPieces {
  readonly pieces: readonly Buffer[];
  /** How many secrets there were. */
  readonly count: number;
}

/** Worked on without a break. */
const WINDOW_BYTES = 64 * 1024;
/** So many secrets may follow each other without a gap before one of them is cut. */
const MAX_STEPS_BACK = 200;

/**
 * Redacts bytes window by window, and lets others have their turn in between. A window ends where no secret lies, so that the
 * pieces together are what the whole would be.
 */
export async function redactPieces(given: Buffer, redactor: TextRedactor): Promise<RedactedPieces> {
  const pieces: Buffer[] = [];
  let count = 0;
  let from = 0;
  while (from < given.length) {
    const to = endOfWindow(given, from, redactor);
    const window = given.subarray(from, to);
    const clean = redactor.redact(window.toString('latin1'));
    pieces.push(clean.count === 0 ? window : Buffer.from(clean.text, 'latin1'));
    count += clean.count;
    from = to;
    await turn();
  }
  return { pieces, count };
}

function endOfWindow(given: Buffer, from: number, redactor: TextRedactor): number {
  if (from + WINDOW_BYTES >= given.length) return given.length;
  const text = given.toString('latin1', from, from + 2 * WINDOW_BYTES);
  let place = WINDOW_BYTES;
  for (let step = 0; step < MAX_STEPS_BACK; step += 1) {
    const start = redactor.across(text, place);
    if (start === undefined) return from + place;
    // A window has to have something in it.
    if (start <= 0) break;
    place = start;
  }
  return from + WINDOW_BYTES;
}
