import { whyUnreachable } from '@agrenting-hiclaw/adapter/operations';

/** True when something like it answers there; else what is wrong with the address. */
export type AddressCheck = (url: string) => Promise<true | string>;

const TIMEOUT_MS = 10_000;

/** A Matrix homeserver says which versions it speaks, to anybody (Matrix client-server API, versions). */
export const isHomeserver: AddressCheck = async (url) =>
  await look(url, '/_matrix/client/versions', async (response) => {
    const body = await response.text();
    return response.ok && body.includes('"versions"')
      ? true
      : `no homeserver answers at ${url} (HTTP ${response.status})`;
  });

/** An S3 storage refuses strangers in a form of its own. */
export const isStorage: AddressCheck = async (url) =>
  await look(url, '/', async (response) => {
    const body = await response.text();
    const looksLikeIt =
      response.headers.get('server') === 'MinIO' || /<Error>|ListAllMyBucketsResult/.test(body);
    return looksLikeIt ? true : `no S3 storage answers at ${url} (HTTP ${response.status})`;
  });

async function look(
  url: string,
  path: string,
  read: (response: Response) => Promise<true | string>,
): Promise<true | string> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return `${url} is no http or https URL`;
  try {
    // bounded: each run once, by what is before it
    const response = await fetch(url.replace(/(?<!\/)\/+$/, '') + path, {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return await read(response);
  } catch (error) {
    return `${url} does not answer (${whyUnreachable(error)})`;
  }
}
