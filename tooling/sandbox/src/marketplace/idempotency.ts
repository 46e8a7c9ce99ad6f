import { createHash } from 'node:crypto';

import type { Clock } from './clock.ts';
import { refused, type Refused } from './refusal.ts';

export interface StoredAnswer {
  status: number;
  contentType: string;
  body: string;
}

interface StoredRequest {
  fingerprint: string;
  atMs: number;
  answer: StoredAnswer | undefined;
}

export type IdempotencyCheck =
  | { kind: 'run'; finish: (answer: StoredAnswer | undefined) => void }
  | { kind: 'replay'; answer: StoredAnswer }
  | ({ kind: 'refused' } & Refused);

export interface KeyedRequest {
  /** Whose key it is: keys of different callers never meet. */
  caller: string;
  key: string;
  method: string;
  path: string;
  body: Uint8Array;
}

const ageMs = 24 * 60 * 60_000;

/**
 * `X-Idempotency-Key` (Agrenting API reference, 13.3): kept as a hash together with a fingerprint of the request for 24
 * hours. The fingerprint covers method and path, since a key must not be used on two endpoints.
 */
export class IdempotencyStore {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  readonly #requests = new Map<string, StoredRequest>();

  constructor(clock: Clock, maxKeys: number) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  /** Says what to do with a request. Who runs it must call `finish` in the end, without an answer if there is none. */
  check(request: KeyedRequest, after5xx: 'replay' | 'run'): IdempotencyCheck {
    const hash = sha256(`${request.caller}\n${request.key}`);
    const fingerprint = sha256(`${request.method} ${request.path}\n`, request.body);
    const stored = this.#requests.get(hash);
    if (stored !== undefined && this.#clock.now() - stored.atMs < ageMs) {
      if (stored.fingerprint !== fingerprint) {
        return {
          kind: 'refused',
          ...refused(422, 'IDEMPOTENCY_MISMATCH', 'The idempotency key was used for another request'),
        };
      }
      if (stored.answer === undefined) {
        return {
          kind: 'refused',
          ...refused(409, 'IDEMPOTENCY_PENDING', 'A request with this idempotency key is still running'),
        };
      }
      if (stored.answer.status < 500 || after5xx === 'replay')
        return { kind: 'replay', answer: stored.answer };
    }
    const running: StoredRequest = { fingerprint, atMs: this.#clock.now(), answer: undefined };
    this.#requests.delete(hash);
    this.#requests.set(hash, running);
    this.#forgetOldest();
    return {
      kind: 'run',
      finish: (answer) => {
        if (answer === undefined) this.#requests.delete(hash);
        else running.answer = answer;
      },
    };
  }

  #forgetOldest(): void {
    for (const [hash, { atMs }] of this.#requests) {
      const full = this.#requests.size > this.#maxKeys;
      if (!full && this.#clock.now() - atMs < ageMs) return;
      this.#requests.delete(hash);
    }
  }
}

function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
