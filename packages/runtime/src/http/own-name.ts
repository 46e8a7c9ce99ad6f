import { isIP } from 'node:net';
import { canonicalAddress } from './network.ts';

/**
 * Whether a `Host` header names a server that listens on this machine alone. A page of somebody else whose own name was made to
 * lead to this machine (DNS rebinding) sends that name, and would read what is for those on this machine. Addresses and
 * `localhost` cannot be made to lead elsewhere. A server that others reach has names that are not known here: there any will do.
 */
export function isOwnName(hostHeader: string | undefined, boundHost: string): boolean {
  if (!isLoopback(boundHost) || hostHeader === undefined) return true;
  const name = nameOf(hostHeader);
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || name === boundHost;
}

function isLoopback(host: string): boolean {
  const address = canonicalAddress(host);
  return address === '::1' || address === 'localhost' || /^127(?:\.\d{1,3}){3}$/.test(address);
}

/** Without the port and the brackets of an IPv6 address. */
function nameOf(hostHeader: string): string {
  const bracketed = /^\[([^\]]{0,64})\](?::\d{0,5})?$/.exec(hostHeader)?.[1];
  return (bracketed ?? hostHeader.replace(/:\d{0,5}$/, '')).toLowerCase();
}
