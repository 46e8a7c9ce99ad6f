import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { fetchWithin, type Configuration } from '@agrenting-hiclaw/runtime';
import { failed, type Check, type Dependency, type Finding } from './check.ts';
import { whyUnreachable } from './why-unreachable.ts';

/** Anything that answers does so long before. */
const ANSWERS_WITHIN_MS = 4_000;
/** A check of several requests; together with the wait for the first answer below the 15 s that a person waits. */
const CHECKED_WITHIN_MS = 10_000;

const TOO_LATE = Symbol('too late');

const REMEDIES: Readonly<Record<Dependency, string>> = {
  marketplace: 'Check marketplace.baseUrl, DNS and outbound access of this machine.',
  homeserver: 'Check matrix.homeserverUrl, and that the homeserver of your HiClaw runs.',
  storage: 'Check storage.endpoint, and that the storage of your HiClaw runs.',
};

/** Why a system cannot be used. */
interface Trouble {
  readonly why: string;
  /** It answers, with a certificate that is not trusted: waiting does not help. */
  readonly isCertificate: boolean;
}

/** Makes checks, and knows which of the other systems can be used. */
export class Dependencies {
  readonly #addresses: Readonly<Record<Dependency, string>>;
  /** Where they are connected to; what of it is undefined is at its address. */
  readonly #probed: Readonly<Record<Dependency, string>>;
  readonly #troubles = new Map<Dependency, Promise<Trouble | undefined>>();

  constructor({ marketplace, matrix, storage }: Configuration) {
    this.#addresses = {
      marketplace: marketplace.baseUrl,
      homeserver: matrix.homeserverUrl,
      storage: storage.endpoint,
    };
    this.#probed = {
      marketplace: marketplace.baseUrl,
      homeserver: `${matrix.homeserverUrl}/_matrix/client/versions`,
      storage: connectedAddress(storage.endpoint, storage.connectTo),
    };
  }

  /** What a check found, or that it was not made because what it asks cannot be used. */
  async made(check: Check): Promise<Finding> {
    const { asks, speaksFor } = check;
    const dependency = asks ?? speaksFor;
    const trouble = dependency === undefined ? undefined : await this.#troubleOf(dependency);
    if (dependency === undefined || trouble === undefined) return await this.#look(check);
    if (speaksFor === undefined)
      return { status: 'skipped', detail: `not checked: the ${dependency} cannot be used`, away: dependency };
    const { origin } = new URL(this.#addresses[dependency]);
    return trouble.isCertificate
      ? failed(
          `the certificate of ${origin} is not trusted (${trouble.why})`,
          'Correct the address, or name the authority that signed it: NODE_EXTRA_CA_CERTS=<file>.',
        )
      : {
          status: 'failed',
          detail: `${origin} does not answer (${trouble.why})`,
          remedy: REMEDIES[dependency],
          away: dependency,
        };
  }

  async #look(check: Check): Promise<Finding> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<typeof TOO_LATE>((resolve) => {
      if (check.takesLong !== true) timer = setTimeout(() => resolve(TOO_LATE), CHECKED_WITHIN_MS);
    });
    try {
      const found = await Promise.race([check.look(), tooLate]);
      if (found !== TOO_LATE) return found;
      // What answers no more is asked no more; the others say so, and this one that it had no answer.
      const dependency = check.asks ?? check.speaksFor;
      if (dependency !== undefined) this.#troubles.delete(dependency);
      return failed(
        `no answer within ${CHECKED_WITHIN_MS / 1_000} s`,
        dependency === undefined ? 'Check what it asks, then run it again.' : REMEDIES[dependency],
      );
    } catch (error) {
      return failed(`the check failed: ${inQuotes(describe(error))}`, 'Fix the error that it names.');
    } finally {
      clearTimeout(timer);
    }
  }

  async #troubleOf(dependency: Dependency): Promise<Trouble | undefined> {
    const known = this.#troubles.get(dependency);
    if (known !== undefined) return await known;
    const options = { method: 'HEAD', timeoutMs: ANSWERS_WITHIN_MS } as const;
    const asked = fetchWithin(this.#probed[dependency], options).then(
      () => undefined,
      (error: unknown): Trouble => ({ why: whyUnreachable(error), isCertificate: isOfCertificate(error) }),
    );
    this.#troubles.set(dependency, asked);
    return await asked;
  }
}

/** The address with the host and port that are connected to in place of its own. */
function connectedAddress(endpoint: string, connectTo: string | undefined): string {
  if (connectTo === undefined) return endpoint;
  const { protocol, port } = new URL(endpoint);
  const connected = URL.parse(`${protocol}//${connectTo}`);
  if (connected === null) return endpoint;
  if (connected.port === '') connected.port = port;
  return connected.href;
}

/** By the codes of Node and OpenSSL. */
function isOfCertificate(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return /^(?:CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/.test(
    String(cause.code),
  );
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
