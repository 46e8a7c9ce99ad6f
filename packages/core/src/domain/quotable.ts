/** Longest text of a worker that a hirer is shown in a failure. */
const MAX_QUOTED = 450;

/**
 * Signs that a text comes from the owner's machine and not from somebody who explains something: what a program prints
 * may hold paths, addresses and keys (design, rule 3). Each goes through a text once, however long and odd it is.
 */
const MACHINE_TALK: readonly RegExp[] = [
  // Paths of a file system, but none in the task folder, which the hirer knows of.
  /(?:^|[\s"'`(=[])(?:\/|~\/|[A-Za-z]:\\)[\w.-]+[/\\]/,
  // Addresses and links.
  /[a-z0-9+.-]:\/\//i,
  /\b(?:\d{1,3}\.){3}\d{1,3}\b|\blocalhost\b|:\d{4,5}\b/,
  // What programs and languages print.
  /\bTraceback\b|\bCommand '|\breturned non-zero\b|\bat [\w.<>]{1,200} ?\(.{0,300}:\d+\)|"[\w-]+" ?: ?["{[]|\b[A-Z]\w+(?:Error|Exception)\b/,
  // Assignments of anything that is called a secret.
  /(?:secret|token|passw(?:or)?d|api[-_ ]?key|access[-_ ]?key|credential)\w{0,64}["']?\s*[:=]\s*\S/i,
  /\b(?:Bearer|Basic|ApiKey)\s+\S{8,}/,
  // Keys as they look: known beginnings, and long runs that no language has.
  /\b(?:ap_|gh[pousr]_|github_pat_|glpat-|sk-|xox[abprs]-|syt_|AKIA|eyJ)[\w-]{8,}/,
  /(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{24,}/,
];

/** Whether a worker's words may go to its hirer as they are: nothing in them looks like it came from the owner's machine. */
export function isTellable(text: string): boolean {
  return text.trim() !== '' && !MACHINE_TALK.some((sign) => sign.test(text));
}

/** What of a worker's words may be shown to a hirer; undefined when they may hold something of the owner's. */
export function quotable(text: string): string | undefined {
  const plain = text.replace(/\s+/g, ' ').trim();
  if (!isTellable(plain)) return undefined;
  return plain.length > MAX_QUOTED ? `${plain.slice(0, MAX_QUOTED)}…` : plain;
}
