/**
 * The secret of the session lies with the page and not in a cookie: cookies go to every port of a host, so that a server at another
 * port of this machine would get it. What a page stores is seen by pages of its own scheme, host and port alone, and no browser sends it by
 * itself. Each tab has a session of its own, which is forgotten with the tab.
 */
const NAME = 'agrenting-session';

export function sessionSecret(): string | undefined {
  return sessionStorage.getItem(NAME) ?? undefined;
}

/** Keeps a secret until the tab is closed; undefined forgets it. */
export function keepSessionSecret(secret: string | undefined): void {
  if (secret === undefined) sessionStorage.removeItem(NAME);
  else sessionStorage.setItem(NAME, secret);
}

/** What shows the adapter whose page it is. */
export function authorization(): Readonly<Record<string, string>> {
  const secret = sessionSecret();
  return secret === undefined ? {} : { authorization: `Bearer ${secret}` };
}
