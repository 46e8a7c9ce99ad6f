import { isIP } from 'node:net';

/** An address setting in its one spelling, or what is wrong with it as the rest of a sentence. */
export type ParsedAddress =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'invalid'; readonly problem: string };

const MAX_NAME_CHARACTERS = 253;
/** As names in container networks have them too: with `_`, and with either sign at an end. */
const LABEL = /^[\w-]{1,63}$/;
const MAX_PORT = 65_535;

/** Where a service is reached: scheme, host, port, and a path before its own. */
export function parseServiceUrl(text: string): ParsedAddress {
  const url = parseUrl(text);
  if (typeof url === 'string') return invalid(url);
  if (url.search !== '' || url.hash !== '')
    return invalid(`has more behind its path: write ${url.origin}${url.pathname}`);
  // bounded: runs once, by what is before it
  return { kind: 'address', address: `${url.origin}${url.pathname}`.replace(/(?<!\/)\/+$/, '') };
}

/** The same where no path can stand before that of the service. */
export function parseOrigin(text: string): ParsedAddress {
  const url = parseUrl(text);
  if (typeof url === 'string') return invalid(url);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return invalid(`has more behind its host: write ${url.origin}`);
  }
  return { kind: 'address', address: url.origin };
}

/** Any http or https URL that can be called; it stays as it is. */
export function parseHttpUrl(text: string): ParsedAddress {
  const url = parseUrl(text);
  return typeof url === 'string' ? invalid(url) : { kind: 'address', address: text.trim() };
}

/** Where to connect, as `host` or `host:port`, an IPv6 address in brackets. */
export function parsePlace(text: string): ParsedAddress {
  const given = text.trim();
  const [, bracketed, name = '', port] =
    /^(?:\[([^[\]]{1,64})\]|([^:/?#@[\]]{1,253}))(?::(\d{1,5}))?$/.exec(given) ?? [];
  const bare = isIP(given) === 6 ? given : undefined;
  const ipv6 = bracketed ?? bare;
  const isHost = ipv6 === undefined ? isHostName(name) : isIP(ipv6) === 6 && !ipv6.includes('%');
  if (!isHost) return invalid('must be a host with a port, such as 127.0.0.1:9000, minio:9000 or [::1]:9000');
  if (port !== undefined && !isPort(Number(port))) return invalid(`names port ${port}, which is none`);
  const host = ipv6 === undefined ? name : `[${ipv6}]`;
  return { kind: 'address', address: port === undefined ? host : `${host}:${port}` };
}

/** What a server listens on: an address or a name of this machine, without a port; brackets of an IPv6 address go. */
export function parseListenHost(text: string): ParsedAddress {
  const given = text.trim();
  const host = /^\[([^[\]]{1,64})\]$/.exec(given)?.[1] ?? given;
  return isIP(host) !== 0 || isHostName(host)
    ? { kind: 'address', address: host }
    : invalid(
        'must be an address or name to listen on, such as 127.0.0.1 or ::1; the port is a separate setting',
      );
}

/** A proxy, or a network of proxies. */
export function parseNetwork(text: string): ParsedAddress {
  const given = text.trim();
  const [address = '', bits, ...more] = given.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  const maxBits = version === 4 ? 32 : 128;
  const areBits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits);
  return version !== 0 && areBits && more.length === 0
    ? { kind: 'address', address: given }
    : invalid('must be an address or network, such as 10.0.0.7 or 10.0.0.0/8');
}

function parseUrl(text: string): URL | string {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    return 'must be an http or https URL';
  // Addresses are shown: in the log, by `config show`, on the console.
  if (url.username !== '' || url.password !== '')
    return 'must not contain a user name or password, because it is shown';
  const ipv6 = /^\[(.{1,64})\]$/.exec(url.hostname)?.[1];
  const isHost = ipv6 === undefined ? isHostName(url.hostname) : isIP(ipv6) === 6;
  if (!isHost) return 'has a host that is neither a name nor an address';
  if (url.port !== '' && !isPort(Number(url.port))) return `names port ${url.port}, which is none`;
  return url;
}

function isPort(port: number): boolean {
  return port > 0 && port <= MAX_PORT;
}

/** One dot may end a name, which says that it is whole. */
function isHostName(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  return name.length <= MAX_NAME_CHARACTERS && labels.every((label) => LABEL.test(label));
}

function invalid(problem: string): ParsedAddress {
  return { kind: 'invalid', problem };
}
