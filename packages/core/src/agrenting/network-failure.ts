import { z } from 'zod';

/** Failures before a request could have left: name, route, connection, certificate. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

const PLAIN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'its name is unknown to DNS',
  EAI_AGAIN: 'DNS does not answer',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection ended early',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stalled',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

const failure = z.object({
  code: z.string().optional(),
  syscall: z.string().optional(),
  cause: z.unknown().optional(),
});

export interface NetworkFailure {
  /** True when it is certain that the server saw nothing of the request. */
  readonly nothingSent: boolean;
  /** In plain words, without anything from outside. */
  readonly what: string;
}

/** Says what a failed `fetch` means; its own message is only "fetch failed". */
export function networkFailure(error: unknown): NetworkFailure {
  let current: unknown = error;
  for (let depth = 0; depth < 5; depth += 1) {
    const { data } = failure.safeParse(current);
    if (data?.code !== undefined) {
      const connecting = data.syscall === 'connect' || data.syscall === 'getaddrinfo';
      const code = /^\w{1,60}$/.test(data.code) ? data.code : 'unknown';
      return { nothingSent: connecting || NOT_SENT.has(code), what: PLAIN_WORDS[code] ?? code };
    }
    current = data?.cause;
  }
  return { nothingSent: false, what: 'the connection failed' };
}
