import type { IncomingMessage } from 'node:http';
import { maxObjectBytes } from './bucket.ts';
import { S3Error } from './s3-error.ts';

/** A request taken apart; nothing in it is checked yet. */
export interface S3Request {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer<ArrayBuffer>;
}

export const readRequest = async (incoming: IncomingMessage): Promise<S3Request> => {
  const [rawPath = '/', rawQuery = ''] = (incoming.url ?? '/').split(/\?(.*)/s, 2);
  const path = decode(rawPath);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const query = rawQuery
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', value = ''] = part.split(/=(.*)/s, 2);
      return [decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' '))] as const;
    });
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return {
    method: incoming.method ?? 'GET',
    path,
    bucket,
    key,
    query,
    headers,
    body: await readBody(incoming),
  };
};

export const queryValue = (request: S3Request, name: string): string | undefined =>
  request.query.find(([each]) => each === name)?.[1];

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidArgument', 'The request is not percent-encoded');
  }
};

const readBody = async (incoming: IncomingMessage): Promise<Buffer<ArrayBuffer>> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a body is bytes');
    length += chunk.length;
    // Chunk framing may add a little.
    if (length > maxObjectBytes + 1024 * 1024) {
      throw new S3Error('EntityTooLarge', `The sandbox takes ${maxObjectBytes} bytes at most`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
