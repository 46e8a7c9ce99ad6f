import type { Secret } from '../domain/index.ts';
import type { KeyBudget } from './request-budget.ts';
import type { AuthSchemes } from './auth-schemes.ts';

/** A session token and when it stops working, as far as the marketplace says so. */
export interface SessionToken {
  readonly token: Secret;
  readonly expiresAtMs?: number | undefined;
}

/** What a process knows about one agent key, shared by everything that uses it. */
export class AgentAccess {
  readonly budget: KeyBudget;
  sessionToken: SessionToken | undefined;
  readonly #key: Secret;

  constructor(key: Secret, budget: KeyBudget) {
    this.#key = key;
    this.budget = budget;
  }

  /** False when the key cannot stand in a header: then it is no key, and nothing is sent. */
  get usable(): boolean {
    return /^[\x21-\x7e]{1,4096}$/.test(this.#key.reveal());
  }

  /** The headers that show the key. */
  headers(schemes: AuthSchemes): Record<string, string> {
    const key = this.#key.reveal();
    switch (schemes) {
      case 'key':
        return { 'X-API-Key': key };
      case 'both':
        return { 'X-API-Key': key, Authorization: `ApiKey ${key}` };
      case 'bearer':
        return { Authorization: `Bearer ${key}` };
    }
  }

  /** The other name for the same header (Agrenting API reference, 2.2). */
  alternateHeaders(): Record<string, string> {
    return { 'Api-Key': this.#key.reveal() };
  }
}
