import { truncate } from './truncate.ts';

const MAX_CHARACTERS = 300;

const CREDENTIALS: readonly RegExp[] = [
  /\b(?:gh[pousr]|github_pat|ap|sk|xox[a-z])_[\w-]{12,}/gi,
  /\b(?:Bearer|ApiKey|Basic)\s+\S+/gi,
  /(?<=:\/\/)[^/@\s]+(?=@)/g,
  // Keys are base64 of 32 bytes; a UUID has 36 characters and stays.
  /[\w+/-]{40,}={0,2}/g,
];

/**
 * Words of the marketplace, made fit for a message to the operator: one line, at most 300
 * characters, nothing that looks like a credential.
 */
export function outsideText(text: string): string {
  let line = text.slice(0, MAX_CHARACTERS * 10).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  for (const credential of CREDENTIALS) line = line.replace(credential, '[redacted]');
  return truncate(line.replace(/\s+/g, ' ').trim(), MAX_CHARACTERS, '…');
}
