import { BlockList, isIP } from 'node:net';
import { SettingError } from '../setting-error.ts';
import { canonicalAddress } from './network.ts';

/** Tells who sent a request: its peer, or whom a trusted proxy names. */
export type ClientAddress = (peer: string | undefined, forwardedFor: string | undefined) => string;

/** Whether an address is that of a proxy that is believed. */
export type TrustedProxies = (address: string) => boolean;

/** No request goes through more proxies of one's own; a list of thousands is an attack. */
const MAX_HOPS = 16;

/** Throws `SettingError`, by the name of the setting, for a proxy that is no address or network. */
export function createTrustedProxies(proxies: readonly string[], setting: string): TrustedProxies {
  const trusted = new BlockList();
  for (const [index, proxy] of proxies.entries()) trust(trusted, proxy, `${setting}.${index}`);
  return (address) => {
    const family = familyOf(address);
    return proxies.length > 0 && family !== undefined && trusted.check(address, family);
  };
}

/**
 * Believes `X-Forwarded-For` as far as trusted proxies wrote it: from the right, the first address that is none of
 * theirs, within 16 of them. Throws `SettingError`, by the name of the setting, for a proxy that is no address or network.
 */
export function createClientAddress(proxies: readonly string[], setting: string): ClientAddress {
  const isTrusted = createTrustedProxies(proxies, setting);

  return (peer, forwardedFor) => {
    const direct = canonicalAddress(peer ?? '');
    if (!isTrusted(direct)) return direct;
    const hops = (forwardedFor ?? '').split(',').slice(-MAX_HOPS);
    let client = direct;
    for (const text of hops.toReversed()) {
      const hop = canonicalAddress(text.trim());
      // What is no address was made up by somebody before the last proxy that can be believed.
      if (isIP(hop) === 0) break;
      client = hop;
      if (!isTrusted(hop)) break;
    }
    return client;
  };
}

function trust(trusted: BlockList, proxy: string, where: string): void {
  const [address = '', bits, ...more] = proxy.split('/');
  const family = familyOf(address);
  try {
    if (family === undefined || more.length > 0) throw new Error('no address');
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  } catch (cause) {
    throw new SettingError({ where, code: 'invalid_network' }, { cause });
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
}
