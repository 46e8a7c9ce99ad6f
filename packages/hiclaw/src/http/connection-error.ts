import { inQuotes } from '@agrenting-hiclaw/core/domain';

/** What the codes of Node's network errors mean, as the rest of a sentence that begins with the server. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection: is it running, and are address and port correct?',
  ECONNRESET: 'broke the connection off',
  EPIPE: 'broke the connection off',
  ENOTFOUND: 'cannot be found: its name does not resolve',
  EAI_AGAIN: 'cannot be found: its name could not be resolved just now',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  ETIMEDOUT: 'did not answer in time',
  ABORT_ERR: 'did not answer in time',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has an untrusted certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'has an untrusted certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has an untrusted certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another name',
  EPROTO: 'does not speak TLS: is it http:// instead of https://?',
  HPE_INVALID_CONSTANT: 'does not speak HTTP: is it https:// instead of http://?',
};

const MAX_CODE_CHARACTERS = 80;

/** Says in words what a network error means; follows `cause`. What a server may have said is in quotation marks. */
export function describeConnectionError(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    if (code !== '') return MEANINGS[code] ?? `failed (${inQuotes(code, MAX_CODE_CHARACTERS)})`;
    if (cause.name === 'AbortError' || cause.name === 'TimeoutError') return 'did not answer in time';
    if (cause instanceof SyntaxError) return 'answered with something that is not JSON';
    if (cause instanceof AggregateError && cause.errors.length > 0)
      return describeConnectionError(cause.errors[0]);
    if (cause.cause === undefined) return `failed: ${inQuotes(cause.message)}`;
  }
  return 'failed';
}
