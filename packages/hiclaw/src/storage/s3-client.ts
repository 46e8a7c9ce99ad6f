import { Client, type ClientOptions } from 'minio';
import { withoutBrackets } from '../http/brackets.ts';

/** Any name that the client takes; the right host is put in its place. */
const PLACEHOLDER = 'storage';

/**
 * The client takes no IPv6 address and no name with `_` at an end, although both can be signed for and reached: it is given
 * another name, and then the right one.
 */
class S3Client extends Client {
  constructor(endpoint: URL, options: Omit<ClientOptions, 'endPoint' | 'port' | 'useSSL'>) {
    super({
      ...options,
      endPoint: PLACEHOLDER,
      port: Number(endpoint.port),
      useSSL: endpoint.protocol === 'https:',
    });
    // With a port of its own the client adds the brackets of an IPv6 address automatically.
    this.host = endpoint.port === '' ? endpoint.hostname : withoutBrackets(endpoint.hostname);
  }
}

/** A client of the storage at an address. */
export function createS3Client(
  endpoint: URL,
  options: Omit<ClientOptions, 'endPoint' | 'port' | 'useSSL'>,
): Client {
  return new S3Client(endpoint, options);
}
