import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { lookup } from 'node:dns/promises';
import type { KnownHost } from './host.ts';
import { isPublicAddress } from './public-address.ts';

/** Gives every address of a host name. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

export type ResolvedHost =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'refused' | 'unavailable'; readonly problem: string };

export const systemLookup: Lookup = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};

/**
 * Looks a host up, once: git is then told to connect to exactly these addresses, so that what was checked is what is
 * connected to. One address that is not public is enough to refuse the host.
 */
export async function resolveHost(host: KnownHost, lookup: Lookup, timeoutMs: number): Promise<ResolvedHost> {
  const { hostname } = host;
  const { promise: late, resolve: giveUp } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => giveUp(undefined), timeoutMs);
  let addresses: readonly string[] | undefined;
  try {
    addresses = await Promise.race([lookup(hostname), late]);
  } catch {
    addresses = [];
  } finally {
    clearTimeout(timer);
  }
  if (addresses === undefined)
    return {
      kind: 'unavailable',
      problem: `the name ${inQuotes(hostname)} was not found within ${timeoutMs} ms`,
    };
  if (addresses.length === 0) {
    return {
      kind: 'unavailable',
      problem: `the name ${inQuotes(hostname)} was not found: check the network and the name servers of this machine`,
    };
  }
  if (!host.isPrivate && !addresses.every(isPublicAddress)) {
    return {
      kind: 'refused',
      problem: `${inQuotes(hostname)} has an address that is not public, so hirers' tokens are not sent there: mark the host private on the list of repository hosts if it is yours`,
    };
  }
  return { kind: 'addresses', addresses };
}
