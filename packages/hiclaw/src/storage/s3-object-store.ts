import { createHash } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { inQuotes, type Secret } from '@agrenting-hiclaw/core/domain';
import { withoutBrackets } from '../http/brackets.ts';
import { createS3Client } from './s3-client.ts';
import { createBoundedTransport, TransportTimeout } from './bounded-transport.ts';
import type { GetOutcome, ObjectStore, StoredObject } from './object-store.ts';
import { storageErrorFacts, storageFailure } from './storage-failure.ts';

export interface ObjectStoreSettings {
  /** Such as `http://fs-local.hiclaw.io:18080`; its host is what requests are signed for. */
  readonly endpoint: string;
  /** Where to connect, as `host:port`, when the endpoint's name does not resolve here (HiClaw reference, 5). */
  readonly connectTo?: string | undefined;
  readonly bucket: string;
  /** Default `us-east-1`, as MinIO's. */
  readonly region?: string | undefined;
  /** False for storages that want the bucket in the host name. Default true. */
  readonly pathStyle?: boolean | undefined;
  readonly accessKey: string;
  readonly secretKey: Secret;
  /** How long one request may take, its answer included. Default 20,000. */
  readonly timeoutMs?: number | undefined;
}

const PAGE_SIZE = 1_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** How the storage itself says that an object is not there; a 404 without it may be that of a gateway before it. */
const ABSENT = 'NoSuchKey';
/** What the client makes of a 404 that says nothing more, as each answer to `HEAD` does. */
const BARE_404 = 'NotFound';

/** An S3 bucket (HiClaw reference, 5). Throws when the endpoint is no http or https address. */
export function createObjectStore(settings: ObjectStoreSettings): ObjectStore {
  const { bucket, region = 'us-east-1', pathStyle = true, timeoutMs = 20_000 } = settings;
  const endpoint = new URL(settings.endpoint);
  const transport = createBoundedTransport({
    secure: endpoint.protocol === 'https:',
    timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    connectTo: settings.connectTo === undefined ? undefined : placeOf(settings.connectTo, endpoint),
  });
  const client = createS3Client(endpoint, {
    accessKey: settings.accessKey,
    secretKey: settings.secretKey.reveal(),
    region,
    pathStyle,
    transport,
    transportAgent: transport.agent,
    // The engine repeats, and the client's own repetition writes to the console.
    retryOptions: { disableRetry: true },
  });
  const failure = (error: unknown, doing: string) =>
    storageFailure(error, { endpoint: settings.endpoint, bucket, doing });
  const bounded = async <T>(run: () => Promise<T>): Promise<T> => await endsWithin(timeoutMs, run);

  async function get(key: string, maxBytes: number): Promise<GetOutcome> {
    try {
      return await bounded(async () => {
        const stream = await client.getObject(bucket, key);
        // A login page comes with status 200 too, but with no version of an object.
        if (!(stream instanceof IncomingMessage) || stream.headers.etag === undefined) {
          stream.destroy();
          throw new NoStorage();
        }
        const chunks: Buffer[] = [];
        // Chunk by chunk, so that a large object is never worked on as a whole.
        const hash = createHash('sha256');
        let size = 0;
        for await (const chunk of stream) {
          if (!Buffer.isBuffer(chunk)) continue;
          size += chunk.length;
          // Leaving the loop destroys the stream, and with it the rest of the answer.
          if (size > maxBytes) return { kind: 'too_large' };
          chunks.push(chunk);
          hash.update(chunk);
        }
        return { kind: 'object', bytes: Buffer.concat(chunks), sha256: hash.digest('hex') };
      });
    } catch (error) {
      if (storageErrorFacts(error).code === ABSENT) return { kind: 'absent' };
      return failure(error, `read ${inQuotes(key)}`);
    }
  }

  return {
    async put(key, bytes, { contentType, ifAbsent = false }) {
      try {
        const headers = { 'Content-Type': contentType, ...(ifAbsent ? { 'If-None-Match': '*' } : {}) };
        const { etag } = await bounded(
          async () => await client.putObject(bucket, key, bytes, bytes.length, headers),
        );
        if (etag === '') throw new NoStorage();
        return { kind: 'stored', etag };
      } catch (error) {
        if (ifAbsent && storageErrorFacts(error).code === 'PreconditionFailed') return { kind: 'present' };
        return failure(error, `write ${inQuotes(key)}`);
      }
    },

    get,

    async stat(key) {
      try {
        const { size, etag } = await bounded(async () => await client.statObject(bucket, key));
        if (etag === '' || !Number.isSafeInteger(size)) throw new NoStorage();
        return { kind: 'object', object: { key, sizeBytes: size, etag } };
      } catch (error) {
        if (storageErrorFacts(error).code !== BARE_404) return failure(error, `look at ${inQuotes(key)}`);
        // The answer to a read has a body, in which the storage says itself that there is nothing.
        const read = await get(key, 0);
        return read.kind === 'object' || read.kind === 'too_large'
          ? failure(error, `look at ${inQuotes(key)}`)
          : read;
      }
    },

    async list(prefix, after) {
      try {
        const page = await bounded(
          async () => await client.listObjectsV2Query(bucket, prefix, '', '', PAGE_SIZE, after),
        );
        const objects = page.objects.flatMap((item): StoredObject[] =>
          item.name === undefined ? [] : [{ key: item.name, sizeBytes: item.size, etag: item.etag ?? '' }],
        );
        return { kind: 'objects', objects, more: page.isTruncated };
      } catch (error) {
        return failure(error, `list ${prefix}`);
      }
    },

    async delete(key) {
      try {
        await bounded(async () => await client.removeObject(bucket, key));
        return { kind: 'deleted' };
      } catch (error) {
        if (storageErrorFacts(error).code === ABSENT) return { kind: 'deleted' };
        return failure(error, `delete ${inQuotes(key)}`);
      }
    },

    close: () => transport.close(),
  };
}

/** An answer that is none of S3, read as the client reads the like of it. */
class NoStorage extends Error {
  override readonly name = 'InvalidXMLError';
}

/** Reads `host` or `host:port`, an IPv6 address in brackets; the port is the endpoint's where none is given. */
function placeOf(place: string, endpoint: URL): { readonly host: string; readonly port: number } {
  const url = new URL(`${endpoint.protocol}//${place}`);
  const usual = endpoint.protocol === 'https:' ? 443 : 80;
  return { host: withoutBrackets(url.hostname), port: Number(url.port || endpoint.port || usual) };
}

/** Whatever becomes of the connection: the client leaves promises open for answers that it does not expect. */
async function endsWithin<T>(timeoutMs: number, run: () => Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TransportTimeout()), timeoutMs);
  try {
    return await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}
