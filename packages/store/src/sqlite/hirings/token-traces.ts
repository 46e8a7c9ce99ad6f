import {
  FormerTokens,
  tracesOf,
  type HiringId,
  type KeyedDigest,
  type Secret,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { EncryptionKey } from '../connection/encryption-key.ts';

/** Of one hiring; the oldest go. */
const MAX_TOKENS = 16;

const tracesSchema = z.array(z.array(z.object({ length: z.number(), hint: z.number(), digest: z.string() })));

/**
 * What stays of a hiring's repository tokens once they are gone from the store: keyed digests, by which they are cut out
 * of what its hirer writes later. Nobody can read a token out of them, nor compare those of two hirings.
 */
export class TokenTraces {
  readonly #key: EncryptionKey;

  constructor(key: EncryptionKey) {
    this.#key = key;
  }

  /** The stored traces with those of one more token. */
  withToken(stored: string | null, hiringId: HiringId, token: Secret | undefined): string | null {
    if (token === undefined) return stored;
    const traces = tracesOf(token, this.#digestFor(hiringId));
    const known = stored === null ? [] : tracesSchema.parse(JSON.parse(stored));
    const isKnown = known.some(([first]) => first?.digest === traces[0]?.digest);
    return isKnown ? stored : JSON.stringify([...known, traces].slice(-MAX_TOKENS));
  }

  /** Undefined when its hirer gave none. Throws when what is stored cannot be understood. */
  read(stored: string | null, hiringId: HiringId): FormerTokens | undefined {
    if (stored === null) return undefined;
    return new FormerTokens(tracesSchema.parse(JSON.parse(stored)).flat(), this.#digestFor(hiringId));
  }

  #digestFor(hiringId: HiringId): KeyedDigest {
    return (folded) =>
      this.#key
        .fingerprint(['former token', hiringId, Buffer.from(folded).toString('base64')])
        .toString('hex');
  }
}
