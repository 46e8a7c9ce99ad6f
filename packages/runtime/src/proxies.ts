import * as http from 'node:http';
import type { SettingProblem } from './configuration/setting-problem.ts';

const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'] as const;
const EXCEPTIONS = ['NO_PROXY', 'no_proxy'] as const;

/**
 * Has what this process asks of others go by the proxies that the environment names, but for the hosts in `NO_PROXY`
 * (docs/configuration.md, Behind a proxy). Agents that are made later take theirs from `http.globalAgent`. Gives what is wrong with
 * a proxy that cannot be used, never with its address, which may hold a password.
 */
export function useProxies(
  environment: Readonly<Record<string, string | undefined>>,
): SettingProblem | undefined {
  const named = PROXIES.filter((name) => (environment[name] ?? '') !== '');
  const [first] = named;
  if (first === undefined) return undefined;
  for (const name of named) {
    const address = URL.parse(environment[name] ?? '');
    if (address === null || !/^https?:$/.test(address.protocol)) {
      return { where: name, code: 'invalid_proxy' };
    }
  }
  if (typeof http.setGlobalProxyFromEnv !== 'function') {
    const nodeVersion = process.versions.node;
    return { where: first, code: 'proxy_unsupported', nodeVersion };
  }
  const given = [...named, ...EXCEPTIONS].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  http.setGlobalProxyFromEnv(Object.fromEntries(given));
  return undefined;
}
