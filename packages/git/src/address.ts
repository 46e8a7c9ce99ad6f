import { inQuotes } from '@agrenting-hiclaw/core/domain';
import type { KnownHost } from './host.ts';

/** Where a repository is, as git is told. */
export interface RepositoryAddress {
  /** Without user name, query and fragment. */
  readonly url: string;
  readonly host: KnownHost;
}

export type ParsedAddress =
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
