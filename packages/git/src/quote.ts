import { inQuotes, scanShortText, type Secret } from '@agrenting-hiclaw/core/domain';

const MAX_QUOTED = 300;
/** What git adds to explain itself to people at a terminal. */
const ADVICE = /^(hint|remote): *$|^hint:|^Falling back|^Performing |^Applied patch .* cleanly/;

export interface QuoteOptions {
  readonly token: Secret;
  /** Its path is cut out. */
  readonly directory: string;
}

/** What git complained of, in one short line that can be shown: no token, no path of this machine, no control characters. */
export function quote(complaint: string, { token, directory }: QuoteOptions): string {
  const value = token.reveal();
  // Longest first, because some hold others.
  const spellings = [
    Buffer.from(`x-access-token:${value}`).toString('base64'),
    Buffer.from(value).toString('base64'),
    encodeURIComponent(value),
    value,
  ];
  let text = complaint.replaceAll(directory, '');
  for (const spelling of spellings) if (spelling !== '') text = text.replaceAll(spelling, '[redacted]');
  const lines = text.split(/[\r\n]+/).filter((line) => !ADVICE.test(line));
  const plain = lines
    .join(' ')
    .replace(/[\p{C}\p{Z}\s]{1,64}/gu, ' ')
    .trim();
  return plain === '' ? 'git gave no reason' : `git says: ${inQuotes(plain, MAX_QUOTED)}`;
}

/** A path as it may be shown: short, and never one that looks like a credential. */
export function shownPath(path: string): string {
  return scanShortText(path) === undefined ? inQuotes(path, 100) : 'a file whose name is not shown';
}
