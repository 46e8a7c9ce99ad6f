import { NO_SECRETS, type KnownSecrets } from '../credentials/known-secrets.ts';
import { plainText } from '../credentials/plain-text.ts';
import { scanShortText } from '../credentials/scan.ts';
import { LIMITS } from '../limits.ts';

/** Longest text of a worker that a hirer is shown in a failure. */
const MAX_QUOTED = 450;

/** As much of a worker's text is looked through for what is shown of it. */
const MAX_QUOTED_FROM = 20_000;

/**
 * Signs that a text comes from the owner's machine and not from somebody who explains something: what a program prints
 * may hold paths, addresses and keys (design, rule 3). Each goes through a text once, however long and odd it is.
 */
const MACHINE_TALK: readonly RegExp[] = [
  // Paths of a file system, but none in the task folder, which the hirer knows of.
  /(?:^|[\s"'`(=[])(?:\/|~\/|[A-Za-z]:\\)[\w.-]{1,255}[/\\]/,
  // Addresses and links.
  /[a-z0-9+.-]:\/\//i,
  /\b(?:\d{1,3}\.){3}\d{1,3}\b|\blocalhost\b|:\d{4,5}\b/,
  // What programs and languages print.
  /\bTraceback\b|\bCommand '|\breturned non-zero\b|\bat [\w.<>]{1,200} ?\(.{0,300}:\d{1,9}\)|"[\w-]{1,200}" ?: ?["{[]|\b[A-Z]\w{1,100}(?:Error|Exception)\b/,
  // Assignments of anything that is called a secret.
  /(?:secret|token|passw(?:or)?d|api[-_ ]?key|access[-_ ]?key|credential)\w{0,64}["']?\s{0,8}[:=]\s{0,8}\S/i,
  /\b(?:Bearer|Basic|ApiKey)\s{1,8}\S{8}/,
  // Keys as they begin.
  /\b(?:ap_|gh[pousr]_|github_pat_|glpat-|sk-|xox[abprs]-|syt_|AKIA|eyJ)[\w-]{8}/,
];

/** Long runs of letters and digits that no language has, a thousand characters at a time. */
const LONG_RUN = /[\w+/=-]{24,1024}/g;

/**
 * Whether a worker's words may go to its hirer as they are: nothing in them, whatever it is disguised as, looks like it
 * came from the owner's machine or is one of the known secrets.
 */
export function isSafeOutbound(text: string, known: KnownSecrets = NO_SECRETS): boolean {
  if (text.length > LIMITS.resultCharacters || text.trim() === '') return false;
  const plain = plainText(text).text;
  return (
    !MACHINE_TALK.some((pattern) => pattern.test(plain)) &&
    !holdsLongRun(plain) &&
    scanShortText(text, known) === undefined
  );
}

function holdsLongRun(text: string): boolean {
  for (const [run] of text.matchAll(LONG_RUN)) {
    if (/\d/.test(run) && /[A-Za-z]/.test(run)) return true;
  }
  return false;
}

/** What of a worker's words may be shown to a hirer; undefined when they may hold something of the owner's. */
export function outboundText(text: string, known: KnownSecrets = NO_SECRETS): string | undefined {
  const plain = text
    .slice(0, MAX_QUOTED_FROM)
    .split(/\s/)
    .filter((word) => word !== '')
    .join(' ');
  if (!isSafeOutbound(plain, known)) return undefined;
  return plain.length > MAX_QUOTED ? `${plain.slice(0, MAX_QUOTED)}…` : plain;
}
