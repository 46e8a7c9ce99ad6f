/** A host whose repositories may be read and pushed to. */
export interface RepositoryHost {
  /** Such as `https://github.com`, with a port where it is not the usual one. `http:` only with `private`. */
  readonly origin: string;
  /** It stands in the owner's own network: its addresses need not be public ones. */
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
