import { useMemo, useSyncExternalStore } from 'react';

/** Where in the page one is. It stands behind the `#`, so that the page works under any path of any server. */
export interface Route {
  /** `hirings`, `hirings/<id>`, ... without slashes at its ends. */
  readonly path: string;
  readonly query: URLSearchParams;
}

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  return { path: path.split('/').filter(Boolean).join('/'), query: new URLSearchParams(query) };
}

/** The address of a place, for `href`. What is empty is left out. */
export function hrefOf(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value]],
  );
  const search = new URLSearchParams(given).toString();
  return `#/${path}${search === '' ? '' : `?${search}`}`;
}

export function goTo(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') location.hash = href;
  else {
    history.replaceState(undefined, '', href);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }
}

function onChange(onChanged: () => void): () => void {
  addEventListener('hashchange', onChanged);
  return () => removeEventListener('hashchange', onChanged);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(onChange, () => location.hash);
  return useMemo(() => routeOf(hash), [hash]);
}
