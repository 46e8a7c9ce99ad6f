import { z } from 'zod';

const MAX_CHARACTERS = 2000;
/** Where the platform listens in plain HTTP for what runs on the same machine. */
const LOCAL_PORT = '4012';

const baseUrl = z.string().brand<'BaseUrl'>();

/** The marketplace's origin, such as `https://agrenting.com`: the only place that requests go to. */
export type BaseUrl = z.infer<typeof baseUrl>;

export type BaseUrlOutcome =
  | { readonly kind: 'valid'; readonly baseUrl: BaseUrl }
  /** `problem` says what to write instead. */
  | { readonly kind: 'invalid'; readonly problem: string };

/**
 * Checks a configured base URL: HTTPS, or HTTP on this machine, and nothing behind the host
 * (Agrenting API reference, 1 and 13.5).
 */
export function parseBaseUrl(text: string): BaseUrlOutcome {
  const url = URL.parse(text.slice(0, MAX_CHARACTERS).trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return invalid('expected a URL such as https://agrenting.com');
  }
  if (url.username !== '' || url.password !== '') {
    return invalid('a base URL holds no name or password: keys belong in agents[].key');
  }
  const local = isLoopback(url.hostname);
  if (url.protocol === 'https:' && url.port === LOCAL_PORT) {
    return invalid(
      `port ${LOCAL_PORT} speaks plain HTTP and is open only on the platform's own machine: ` +
        `use https://agrenting.com, or http://127.0.0.1:${LOCAL_PORT} when the platform runs on this machine`,
    );
  }
  if (url.protocol === 'http:' && !local) {
    return invalid(`keys are not sent over plain HTTP: use https://${url.host}`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return invalid(`nothing follows the host: use ${url.origin}`);
  }
  return { kind: 'valid', baseUrl: baseUrl.parse(url.origin) };
}

/**
 * Checks where hirings are to be posted: HTTPS, but for an address of this machine (adapter page, A5; Agrenting API
 * reference, 15 #25). Gives what to write instead; undefined when it is usable.
 */
export function problemOfCallbackUrl(text: string): string | undefined {
  const url = URL.parse(text.slice(0, MAX_CHARACTERS));
  if (url === null) return 'must be a URL such as https://example.com/webhook/agrenting/hiring';
  if (url.username !== '' || url.password !== '')
    return 'must not contain a user name or password, because it is shown';
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  return secure ? undefined : 'must use HTTPS, except for an address of this machine';
}

function invalid(problem: string): BaseUrlOutcome {
  return { kind: 'invalid', problem };
}

/** Whether a host, as it appears in a URL or in a setting, is this machine alone. */
export function isLoopback(hostname: string): boolean {
  return ['localhost', '[::1]', '::1'].includes(hostname) || /^127(\.\d{1,3}){3}$/.test(hostname);
}
