import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { inspect } from 'node:util';
import { StoreError } from '@agrenting-hiclaw/core/domain';

const KEY_BYTES = 32;
const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 2;

/**
 * The key under which secrets lie in the store: AES-256-GCM, every sealed value bound to the row that
 * it is in. Cannot be printed by accident.
 *
 * Sealed form: format (1 byte), key id (1 byte), nonce (12), ciphertext, tag (16).
 */
export class EncryptionKey {
  readonly #sealing: KeyObject;
  readonly #printing: KeyObject;
  readonly #id: number;

  private constructor(key: Buffer) {
    this.#sealing = createSecretKey(derive(key, 'seal'));
    this.#printing = createSecretKey(derive(key, 'fingerprint'));
    this.#id = derive(key, 'id').readUInt8(0);
  }

  /** From 32 bytes as base64 or 64 hex digits, such as an environment value. Throws `StoreError` `key`. */
  static fromText(text: string): EncryptionKey {
    const trimmed = text.trim();
    const key = /^[0-9a-f]{64}$/i.test(trimmed)
      ? Buffer.from(trimmed, 'hex')
      : Buffer.from(/^[\w+/-]{43}=?$/.test(trimmed) ? trimmed : '', 'base64');
    if (key.length !== KEY_BYTES) {
      throw new StoreError(
        'key',
        'The encryption key is not 32 bytes as base64 or hex',
        'Create one with: openssl rand -base64 32',
      );
    }
    return new EncryptionKey(key);
  }

  /** Seals a text for the row that `identity` names. */
  seal(text: string, identity: string): Buffer {
    const header = Buffer.of(FORMAT, this.#id);
    const nonce = freshNonce();
    const cipher = createCipheriv('aes-256-gcm', this.#sealing, nonce);
    cipher.setAAD(Buffer.concat([header, Buffer.from(identity)]));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([header, nonce, sealed, cipher.getAuthTag()]);
  }

  /** Opens what was sealed for the same row. Throws `StoreError`: `wrong_key`, or `corrupt` when it was changed. */
  unseal(sealed: Buffer, identity: string): string {
    const header = sealed.subarray(0, HEADER_BYTES);
    if (sealed.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES || header[0] !== FORMAT) {
      throw new StoreError('corrupt', `A sealed value of ${identity} has an unknown form`, RESTORE);
    }
    if (header[1] !== this.#id) {
      throw new StoreError('wrong_key', `A sealed value of ${identity} was made with another key`, RIGHT_KEY);
    }
    const nonce = sealed.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#sealing, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.concat([header, Buffer.from(identity)]));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(sealed.subarray(HEADER_BYTES + NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new StoreError(
        'corrupt',
        `A sealed value of ${identity} does not open with this key`,
        RESTORE,
        cause,
      );
    }
  }

  /** A digest that only holders of the key can compute, so that it does not give away what it was made of. */
  fingerprint(parts: readonly string[]): Buffer {
    const digest = createHmac('sha256', this.#printing);
    for (const part of parts) {
      digest.update(`${Buffer.byteLength(part)}:`);
      digest.update(part);
    }
    return digest.digest();
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}

/** Random bytes are drawn for many values at once: asking the system for them costs more than encrypting a hiring. */
const DRAWN_BYTES = NONCE_BYTES * 512;
let drawn = Buffer.alloc(0);

/** Never the same twice. */
function freshNonce(): Buffer {
  if (drawn.length === 0) drawn = randomBytes(DRAWN_BYTES);
  const nonce = drawn.subarray(0, NONCE_BYTES);
  drawn = drawn.subarray(NONCE_BYTES);
  return nonce;
}

const RIGHT_KEY = 'Configure the key that the file was made with';
const RESTORE = 'Configure the key that the file was made with, or restore the file from a backup';

function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `agrenting-hiclaw/store/${purpose}`, KEY_BYTES));
}
