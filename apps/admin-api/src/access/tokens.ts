import { hash, timingSafeEqual } from 'node:crypto';
import type { Configuration } from '@agrenting-hiclaw/runtime';

/** Somebody whom a token names. */
export interface Operator {
  readonly name: string;
  readonly role: 'viewer' | 'operator';
  /** Of the token, as the configuration has it. */
  readonly tokenHash: string;
}

/** The hash of a token: plain, because tokens are 32 random bytes that nobody guesses. */
export function hashOf(token: string): string {
  return `sha256:${hash('sha256', token, 'hex')}`;
}

/** Finds whose token it is; takes as long for a wrong one as for a right one, whichever of several it is. */
export function operatorOf(
  tokens: Configuration['admin']['tokens'],
  tokenHash: string,
): Operator | undefined {
  const given = Buffer.from(tokenHash);
  let found: Operator | undefined;
  for (const { name, role, hash: known } of tokens) {
    const bytes = Buffer.from(known);
    if (bytes.length === given.length && timingSafeEqual(bytes, given)) {
      found = { name, role, tokenHash: known };
    }
  }
  return found;
}
