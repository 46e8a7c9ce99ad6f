import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '@agrenting-hiclaw/core/domain';

const MARK = 'sealed:v1:';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Whether a text is a secret that was sealed with the key of a store. */
export function isSealed(text: string): boolean {
  return text.startsWith(MARK);
}

/** Encrypts a secret for a file, with the key of the store: who reads the file alone learns nothing (adapter page, A4). */
export function seal(secret: Secret, storeKey: Secret): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(storeKey), iv);
  const sealed = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()]);
  return `${MARK}${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
}

/** Undefined when it was sealed with another key, or changed since. */
export function unseal(text: string, storeKey: Secret): string | undefined {
  const bytes = Buffer.from(text.slice(MARK.length), 'base64url');
  try {
    const decipher = createDecipheriv(CIPHER, keyOf(storeKey), bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const opened = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
    return Buffer.concat(opened).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Another key than the store's own, so that neither tells of the other. */
function keyOf(storeKey: Secret): Buffer {
  const text = storeKey.reveal().trim();
  const bytes = Buffer.from(text, /^[0-9a-fA-F]{64}$/.test(text) ? 'hex' : 'base64');
  return Buffer.from(hkdfSync('sha256', bytes, '', 'agrenting-hiclaw configuration secrets', 32));
}
