import { hash, randomBytes } from 'node:crypto';
import type { Clock, Store } from '@agrenting-hiclaw/core/domain';
import { createClientAddress, AuthRateLimit, type Configuration } from '@agrenting-hiclaw/runtime';
import { hashOf, operatorOf, type Operator } from './tokens.ts';

export interface OpenedSession {
  /** What the page sends instead of the token. */
  readonly secret: string;
  readonly untilMs: number;
}

export interface Access {
  /** The address that a request came from. */
  clientOf(peer: string | undefined, forwardedFor: string | undefined): string;
  byToken(token: string): Operator | undefined;
  /** Undefined for a session that has ended, or whose token was taken out of the configuration. */
  bySession(secret: string): Promise<Operator | undefined>;
  open(operator: Operator): Promise<OpenedSession>;
  close(secret: string): Promise<void>;
  /** Notes a wrong token; gives for how many seconds the client is to stay away, or undefined while it need not. */
  failed(client: string): number | undefined;
}

export interface AccessOptions {
  readonly configuration: Configuration['admin'];
  readonly store: Pick<Store, 'consoleSessions'>;
  readonly clock: Clock;
}

const SECRET_BYTES = 32;
/** Tells the secret of a session from a token. */
export const SESSION_PREFIX = 'session_';

/** Tells operators from strangers. */
export function createAccess({ configuration, store, clock }: AccessOptions): Access {
  const { tokens, trustedProxies, sessionHours } = configuration;
  const failures = new AuthRateLimit(() => performance.now());
  const digestOf = (secret: string): string => hash('sha256', secret, 'hex');
  return {
    clientOf: createClientAddress(trustedProxies, 'admin.trustedProxies'),
    byToken: (token) => operatorOf(tokens, hashOf(token)),
    async bySession(secret) {
      const session = await store.consoleSessions.find(digestOf(secret), clock.nowMs());
      return session === undefined ? undefined : operatorOf(tokens, session.tokenHash);
    },
    async open(operator) {
      const secret = `${SESSION_PREFIX}${randomBytes(SECRET_BYTES).toString('base64url')}`;
      const openedAtMs = clock.nowMs();
      const untilMs = openedAtMs + Math.round(sessionHours * 3_600_000);
      const { tokenHash } = operator;
      await store.consoleSessions.open({ digest: digestOf(secret), tokenHash, openedAtMs, untilMs });
      return { secret, untilMs };
    },
    close: async (secret) => await store.consoleSessions.close(digestOf(secret)),
    failed: (client) => failures.note(client),
  };
}
