import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@agrenting-hiclaw/core/domain';
import { createClientAddress, FailedAttempts, type Configuration } from '@agrenting-hiclaw/runtime';
import type { Store } from '@agrenting-hiclaw/store';
import { hashOf, operatorOf, type Operator } from './tokens.ts';

/** Who asks. */
export interface Caller extends Operator {
  /** What shows that a request of a browser comes from our own page; undefined for a token, which no browser sends by itself. */
  readonly csrfToken: string | undefined;
}

export interface OpenedSession {
  readonly caller: Caller;
  /** The secret of the cookie. */
  readonly secret: string;
  readonly maxAgeSeconds: number;
}

export interface Access {
  /** The address that a request came from. */
  clientOf(peer: string | undefined, forwardedFor: string | undefined): string;
  byToken(token: string): Operator | undefined;
  /** Undefined for a session that has ended, or whose token was taken out of the configuration. */
  bySession(secret: string): Promise<Caller | undefined>;
  /** A session always gets a secret of its own, whatever the browser brought. */
  open(operator: Operator): Promise<OpenedSession>;
  close(secret: string): Promise<void>;
  /** Notes a wrong token; gives for how many seconds the client is to stay away, or undefined while it need not. */
  failed(client: string): number | undefined;
  readonly secureCookie: boolean;
}

export interface AccessOptions {
  readonly configuration: Configuration['admin'];
  readonly store: Pick<Store, 'consoleSessions'>;
  readonly clock: Clock;
}

const SECRET_BYTES = 32;

/** Tells operators from strangers. */
export function createAccess({ configuration, store, clock }: AccessOptions): Access {
  const { tokens, trustedProxies, sessionHours, secureCookie } = configuration;
  const failures = new FailedAttempts(() => performance.now());
  const digestOf = (secret: string): string => hash('sha256', secret, 'hex');
  const callerOf = (operator: Operator, secret: string): Caller => ({
    ...operator,
    csrfToken: createHmac('sha256', secret).update('csrf').digest('base64url'),
  });
  return {
    clientOf: createClientAddress(trustedProxies, 'admin.trustedProxies'),
    secureCookie,
    byToken: (token) => operatorOf(tokens, hashOf(token)),
    async bySession(secret) {
      const session = await store.consoleSessions.find(digestOf(secret), clock.nowMs());
      const operator = session === undefined ? undefined : operatorOf(tokens, session.tokenHash);
      return operator === undefined ? undefined : callerOf(operator, secret);
    },
    async open(operator) {
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      const maxAgeSeconds = Math.round(sessionHours * 3_600);
      const openedAtMs = clock.nowMs();
      await store.consoleSessions.open({
        digest: digestOf(secret),
        tokenHash: operator.tokenHash,
        openedAtMs,
        untilMs: openedAtMs + maxAgeSeconds * 1_000,
      });
      return { caller: callerOf(operator, secret), secret, maxAgeSeconds };
    },
    close: async (secret) => await store.consoleSessions.close(digestOf(secret)),
    failed: (client) => failures.note(client),
  };
}

/** Compared without telling by the time how much of it is right. */
export function isSame(given: string | undefined, wanted: string): boolean {
  if (given === undefined) return false;
  const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(given), digest(wanted));
}
