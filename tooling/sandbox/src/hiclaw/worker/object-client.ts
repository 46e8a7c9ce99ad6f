import { region } from '../storage/authenticate.ts';
import { authorizationHeader, encodeForSignature, sha256, signature } from '../storage/signature.ts';
import { elementTexts } from '../storage/xml.ts';

export interface ObjectClientOptions {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

class StorageRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, key: string) {
    super(`${status} ${code}: ${key}`);
    this.name = 'StorageRefusal';
    this.status = status;
    this.code = code;
  }
}

/** One worker's own connection to the storage, with its own key, over HTTP like anybody's. */
export class ObjectClient {
  readonly #options: ObjectClientOptions;
  readonly #signal: AbortSignal;

  constructor(options: ObjectClientOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async get(key: string): Promise<Buffer | undefined> {
    const response = await this.#send('GET', key, []);
    if (response.status === 404) {
      await response.arrayBuffer();
      return undefined;
    }
    return Buffer.from(await (await checked(response, key)).arrayBuffer());
  }

  async put(key: string, content: Uint8Array): Promise<void> {
    await (await checked(await this.#send('PUT', key, [], content), key)).arrayBuffer();
  }

  async list(prefix: string): Promise<ListedObject[]> {
    const found: ListedObject[] = [];
    let token: string | undefined;
    do {
      const query: [string, string][] = [
        ['list-type', '2'],
        ['prefix', prefix],
      ];
      if (token !== undefined) query.push(['continuation-token', token]);
      const xml = await (await checked(await this.#send('GET', '', query), prefix)).text();
      const [keys, sizes, etags] = ['Key', 'Size', 'ETag'].map((name) => elementTexts(xml, name));
      for (const [index, key] of (keys ?? []).entries()) {
        found.push({ key, size: Number(sizes?.[index]), etag: etags?.[index] ?? '' });
      }
      token = elementTexts(xml, 'NextContinuationToken')[0];
    } while (token !== undefined);
    return found;
  }

  async #send(
    method: string,
    key: string,
    query: readonly (readonly [string, string])[],
    content: Uint8Array = new Uint8Array(),
  ): Promise<Response> {
    const { endpoint, bucket, accessKey, secretKey } = this.#options;
    const path = `/${bucket}/${key}`;
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const scope = { date: time.slice(0, 'yyyymmdd'.length), region };
    const headers = {
      host: new URL(endpoint).host,
      'x-amz-content-sha256': sha256(content),
      'x-amz-date': time,
    };
    const signedHeaders = Object.keys(headers);
    const payloadHash = headers['x-amz-content-sha256'];
    const value = signature(
      { method, path, query, headers, signedHeaders, payloadHash },
      secretKey,
      scope,
      time,
    );
    const search = query.map((pair) => pair.map(encodeForSignature).join('=')).join('&');
    const url = `${endpoint}${path.split('/').map(encodeForSignature).join('/')}${search === '' ? '' : `?${search}`}`;
    return fetch(url, {
      method,
      signal: this.#signal,
      headers: { ...headers, authorization: authorizationHeader(accessKey, scope, signedHeaders, value) },
      ...(method === 'PUT' ? { body: Buffer.from(content) } : {}),
    });
  }
}

const checked = async (response: Response, key: string): Promise<Response> => {
  if (response.ok) return response;
  const code = elementTexts(await response.text(), 'Code')[0] ?? 'Unknown';
  throw new StorageRefusal(response.status, code, key);
};
