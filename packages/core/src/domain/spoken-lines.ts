/** A line of a message, and what stands above it. */
export interface SpokenLine {
  readonly text: string;
  /** The line above that is not blank, whoever's words it holds; undefined for the first. */
  readonly above: string | undefined;
}

/** The lines of a message that are its writer's own words: neither in a code block nor quoted from somebody. */
export function spokenLines(text: string): readonly SpokenLine[] {
  const spoken: SpokenLine[] = [];
  let fence: string | undefined;
  let above: string | undefined;
  for (const line of text.split(/\r\n|[\r\n\u0085\u2028\u2029]/)) {
    const run = /^\s{0,3}(`{3,100}|~{3,100})/.exec(line)?.[1];
    if (fence === undefined) {
      if (run !== undefined) fence = run;
      else if (!isQuotedOrIndented(line)) spoken.push({ text: line, above });
    } else if (run !== undefined && run.startsWith(fence)) {
      fence = undefined;
    }
    if (line.trim() !== '') above = line;
  }
  return spoken;
}

/** A quotation, or code that is set in by four columns. */
function isQuotedOrIndented(line: string): boolean {
  return /^\s{0,3}>|^(?: {4}| {0,3}\t)\s{0,100}\S/.test(line);
}
