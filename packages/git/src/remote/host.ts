import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { inQuotes } from '@agrenting-hiclaw/core/domain';

/** A host whose repositories may be read and pushed to. */
export interface RepositoryHost {
  /** Such as `https://github.com`, with a port where it is not the usual one. `http:` only with `private`. */
  readonly origin: string;
  /** It is in the owner's own network: its addresses need not be public ones. */
  readonly private?: boolean | undefined;
  /** A file with the certificates (PEM) that its own is signed by; by default those that the machine trusts. */
  readonly caFile?: string | undefined;
}

/** What is taken from a host's origin. */
export interface KnownHost {
  readonly origin: string;
  readonly scheme: 'https' | 'http';
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  readonly isPrivate: boolean;
  readonly caFile: string | undefined;
}

export const DEFAULT_HOSTS: readonly RepositoryHost[] = [{ origin: 'https://github.com' }];

export type ParsedHost =
  | { readonly kind: 'host'; readonly host: KnownHost }
  | { readonly kind: 'invalid'; readonly problem: string };

/** Reads one entry of the owner's list of hosts. */
export function parseRepositoryHost(entry: RepositoryHost): ParsedHost {
  const { origin } = entry;
  const isPrivate = entry.private === true;
  if (!URL.canParse(origin)) return invalid(origin, 'write it as https://host');
  const url = new URL(origin);
  if (url.username !== '' || url.password !== '')
    return { kind: 'invalid', problem: 'the origin of a repository host must not hold a name or password' };
  if (url.origin !== origin)
    return invalid(origin, 'write scheme, host and port only, in lower case, such as https://github.com');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return invalid(origin, 'only https can be used');
  if (url.protocol === 'http:' && !isPrivate)
    return invalid(
      origin,
      'without https a token can be read on its way: use https, or mark the host private',
    );
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const usualPort = scheme === 'https' ? 443 : 80;
  return {
    kind: 'host',
    host: {
      origin,
      scheme,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? usualPort : Number(url.port),
      isPrivate,
      caFile: entry.caFile,
    },
  };
}

function invalid(origin: string, why: string): ParsedHost {
  return { kind: 'invalid', problem: `${JSON.stringify(origin)} is no origin of a repository host: ${why}` };
}

/** Where a repository is, as it is passed to git. */
export interface RepositoryAddress {
  /** Without user name, query and fragment. */
  readonly url: string;
  readonly host: KnownHost;
}

type ParsedAddress =
  | { readonly kind: 'address'; readonly address: RepositoryAddress }
  | { readonly kind: 'refused'; readonly problem: string };

const MAX_ADDRESS = 1_000;
const FORM = /^(https?):\/\/([^/]{0,1024})(\/.{0,4096})?$/i;
const AUTHORITY = /^([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,127}|\[[0-9a-f:.]{1,64}\])(?::([1-9]\d{0,4}))?$/i;
/** One step of a path, as hosts allow them: no escapes, nothing that could be taken for an option. */
const STEP = /^[A-Za-z0-9_~.+][A-Za-z0-9_~.+-]*$/;

/**
 * Reads a repository's address as it stands, character by character: nothing is decoded, completed or normalised, so
 * that nothing can come out of it that was not checked. What is not on the list of hosts is refused.
 */
export function parseRepositoryAddress(text: string, hosts: readonly KnownHost[]): ParsedAddress {
  if (text.length > MAX_ADDRESS) return refused(`it is longer than ${MAX_ADDRESS} characters`);
  if (!/^[\x21-\x7e]*$/.test(text))
    return refused('it holds spaces, control characters or letters beyond ASCII');
  if (/[?#\\%]/.test(text)) return refused('it holds one of ? # \\ %');
  const form = FORM.exec(text);
  const [, schemeText = '', authority = '', path = ''] = form ?? [];
  if (form === null) return refused('it does not begin with https://');
  if (authority.includes('@')) return refused('it holds a user name or a token before an @');
  const named = AUTHORITY.exec(authority);
  if (named === null) return refused('its host is not written as a name, such as github.com');
  const scheme = schemeText.toLowerCase();
  const [, hostname = '', portText] = named;
  const usualPort = scheme === 'https' ? '443' : '80';
  const port = portText === undefined || portText === usualPort ? '' : `:${portText}`;
  const origin = `${scheme}://${hostname.toLowerCase()}${port}`;
  const host = hosts.find((known) => known.origin === origin);
  if (host === undefined) {
    return {
      kind: 'refused',
      problem: `repositories at ${inQuotes(origin)} are not allowed: put that origin on the list of repository hosts if you trust it with hirers' tokens`,
    };
  }
  const steps = path.replace(/\/$/, '').split('/').slice(1);
  if (steps.length === 0) return refused('it names no repository after the host');
  if (!steps.every((step) => STEP.test(step) && step !== '.' && step !== '..'))
    return refused('its path is not made of plain names, such as owner/name');
  return { kind: 'address', address: { url: `${origin}/${steps.join('/')}`, host } };
}

function refused(why: string): ParsedAddress {
  return {
    kind: 'refused',
    problem: `the repository's address cannot be used, because ${why}: it must be like https://github.com/owner/name`,
  };
}

/** Gives every address of a host name. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

type ResolvedHost =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'refused' | 'unavailable'; readonly problem: string };

export const systemLookup: Lookup = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};

/**
 * Looks a host up, once: git then connects to exactly these addresses, so that what was checked is what is
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

/** IPv4 networks that are not on the public internet (IANA's special-purpose registry). */
const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Within 2000::/3: protocol assignments with Teredo, documentation, 6to4. Each may hide another address. */
const SPECIAL_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const special = new BlockList();
const unicast = new BlockList();
unicast.addSubnet('2000::', 3, 'ipv6');
// What a network without IPv4 makes of a public IPv4 address.
unicast.addSubnet('64:ff9b::', 96, 'ipv6');
for (const [network, prefix] of SPECIAL_V6) special.addSubnet(network, prefix, 'ipv6');
for (const [network, prefix] of SPECIAL_V4) {
  special.addSubnet(network, prefix, 'ipv4');
  special.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6');
}

/** Whether an IP address is one of the public internet. What is no address in its usual spelling is not. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !special.check(address, 'ipv4');
  // A zone (`fe80::1%eth0`) belongs to a link.
  if (version !== 6 || address.includes('%')) return false;
  return unicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
}
