import { isIP } from 'node:net';

/** Longer than any address with its zone: what is longer was made up. */
const MAX_ADDRESS_CHARACTERS = 64;
/** Of an IPv6 address, the groups of a network; a client with one address there has all of them. */
const NETWORK_GROUPS = 4;

/**
 * An IP address in its one spelling: without a zone, IPv6 in lower case and compressed (RFC 5952), and an IPv4 address
 * that is written as an IPv6 one as the IPv4 one. What is no address stays as it is, cut to 64 characters.
 */
export function canonicalAddress(text: string): string {
  const address = text.split('%', 1)[0] ?? '';
  switch (isIP(address)) {
    case 4:
      return address;
    case 6:
      return canonicalIpv6(address);
    default:
      return text.slice(0, MAX_ADDRESS_CHARACTERS);
  }
}

/** Whom an address counts as: an IPv4 address for itself, an IPv6 address with the /64 that it lies in. */
export function networkOf(text: string): string {
  const address = canonicalAddress(text);
  if (isIP(address) !== 6) return address;
  return `${groupsOf(address).slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

function canonicalIpv6(address: string): string {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const groups = groupsOf(canonical);
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  if (!isMapped) return canonical;
  return groups
    .slice(6)
    .map((group) => Number.parseInt(group, 16))
    .flatMap((pair) => [pair >> 8, pair & 255])
    .join('.');
}

/** The eight groups of a compressed address. */
function groupsOf(canonical: string): readonly string[] {
  const [head = '', tail] = canonical.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before;
  const after = tail === '' ? [] : tail.split(':');
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}
