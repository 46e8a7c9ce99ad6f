import { whyUnreachable } from '@agrenting-hiclaw/operations';
import { fetchWithin, type ShortAnswer } from '@agrenting-hiclaw/runtime';

/** True when something like it answers at an address, which is one; else what is wrong with the address. */
export type AddressCheck = (url: string) => Promise<true | string>;

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;

/** A Matrix homeserver says which versions it speaks, to anybody (Matrix client-server API, versions). */
export const isHomeserver: AddressCheck = async (url) =>
  await look(url, '/_matrix/client/versions', ({ status, text }) =>
    status === 200 && text.includes('"versions"') ? true : `no homeserver answers at ${url} (HTTP ${status})`,
  );

/** An S3 storage refuses strangers in a form of its own. */
export const isStorage: AddressCheck = async (url) =>
  await look(url, '/', ({ status, headers, text }) => {
    const looksLikeIt = headers.get('server') === 'MinIO' || /<Error>|ListAllMyBucketsResult/.test(text);
    return looksLikeIt ? true : `no S3 storage answers at ${url} (HTTP ${status})`;
  });

async function look(
  url: string,
  path: string,
  read: (answer: ShortAnswer) => true | string,
): Promise<true | string> {
  try {
    const answer = await fetchWithin(url + path, {
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    });
    return read(answer);
  } catch (error) {
    return `${url} does not answer (${whyUnreachable(error)})`;
  }
}
