import { truncate } from './truncate.ts';

const MAX_CHARACTERS = 300;

const CREDENTIALS: readonly RegExp[] = [
  /\b(?:gh[pousr]|github_pat|ap|sk|xox[a-z])_[\w-]{12,1024}/gi,
  /\b(?:Bearer|ApiKey|Basic)\s{1,8}\S{1,1024}/gi,
  /(?<=:\/\/)[^/@\s]{1,256}(?=@)/g,
  // Keys are base64 of 32 bytes; a UUID has 36 characters and stays.
  /[\w+/-]{40,1024}={0,2}/g,
];

/**
 * Words of the marketplace, made fit for a message to the operator: one line, at most 300
 * characters, nothing that looks like a credential.
 */
export function outsideText(text: string): string {
  // What nobody sees goes first: in the middle of a credential it would hide it from the patterns.
  let line = text
    .slice(0, MAX_CHARACTERS * 10)
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  for (const credential of CREDENTIALS) line = line.replace(credential, '[redacted]');
  return truncate(line.replace(/\s+/g, ' ').trim(), MAX_CHARACTERS, '…');
}
