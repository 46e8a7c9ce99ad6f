import { hash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@agrenting-hiclaw/core/domain';

export interface KeyCheckOptions {
  readonly keys: readonly Secret[];
  readonly header: string;
  readonly scheme: string;
}

/** Whether a request's headers carry one of the keys. */
export type KeyCheck = (rawHeaders: readonly string[]) => boolean;

/**
 * Checks the key in a header, with its scheme before it or bare (adapter page, C2). It takes as long for a
 * wrong key as for a right one, whichever of several it is. Two headers of the name are none: who reads which of
 * them would be anybody's guess.
 */
export function createKeyCheck({ keys, header, scheme }: KeyCheckOptions): KeyCheck {
  const digests = keys.map((key) => digestOf(key.reveal()));
  const name = header.toLowerCase();
  const prefix = `${scheme.toLowerCase()} `;

  return (rawHeaders) => {
    const value = onlyValue(rawHeaders, name);
    if (value === undefined) return false;
    const given = digestOf(
      (value.toLowerCase().startsWith(prefix) ? value.slice(prefix.length) : value).trim(),
    );
    let right = false;
    for (const digest of digests) right = timingSafeEqual(digest, given) || right;
    return right;
  };
}

/** Keys of any length become equally long, so that comparing them tells nothing about their length either. */
function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** The value of the header of that name, if there is exactly one. */
function onlyValue(rawHeaders: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index];
    if (raw?.length !== name.length || raw.toLowerCase() !== name) continue;
    if (found !== undefined) return undefined;
    found = rawHeaders[index + 1];
  }
  return found;
}
