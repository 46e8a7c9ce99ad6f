import { createHash } from 'node:crypto';
import { inQuotes, type Secret } from '@agrenting-hiclaw/core/domain';
import { Client } from 'minio';
import { createBoundedTransport } from './bounded-transport.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
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

const ABSENT: ReadonlySet<string> = new Set(['NoSuchKey', 'NotFound']);

/** An S3 bucket (HiClaw reference, 5). Throws when the endpoint is no http or https address. */
export function createObjectStore(settings: ObjectStoreSettings): ObjectStore {
  const { bucket, region = 'us-east-1', pathStyle = true, timeoutMs = 20_000 } = settings;
  const endpoint = new URL(settings.endpoint);
  const transport = createBoundedTransport({
    secure: endpoint.protocol === 'https:',
    timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    connectTo: settings.connectTo === undefined ? undefined : parsePlace(settings.connectTo),
  });
  const client = new Client({
    endPoint: endpoint.hostname,
    port: Number(endpoint.port),
    useSSL: endpoint.protocol === 'https:',
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

  return {
    async put(key, bytes, { contentType, ifAbsent = false }) {
      try {
        const headers = { 'Content-Type': contentType, ...(ifAbsent ? { 'If-None-Match': '*' } : {}) };
        const { etag } = await client.putObject(bucket, key, bytes, bytes.length, headers);
        return { kind: 'stored', etag };
      } catch (error) {
        if (ifAbsent && storageErrorFacts(error).code === 'PreconditionFailed') return { kind: 'present' };
        return failure(error, `write ${inQuotes(key)}`);
      }
    },

    async get(key, maxBytes) {
      try {
        const stream = await client.getObject(bucket, key);
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
      } catch (error) {
        if (ABSENT.has(storageErrorFacts(error).code)) return { kind: 'absent' };
        return failure(error, `read ${inQuotes(key)}`);
      }
    },

    async stat(key) {
      try {
        const { size, etag } = await client.statObject(bucket, key);
        return { kind: 'object', object: { key, sizeBytes: size, etag } };
      } catch (error) {
        if (ABSENT.has(storageErrorFacts(error).code)) return { kind: 'absent' };
        return failure(error, `look at ${inQuotes(key)}`);
      }
    },

    async list(prefix, after) {
      try {
        const page = await client.listObjectsV2Query(bucket, prefix, '', '', PAGE_SIZE, after);
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
        await client.removeObject(bucket, key);
        return { kind: 'deleted' };
      } catch (error) {
        if (ABSENT.has(storageErrorFacts(error).code)) return { kind: 'deleted' };
        return failure(error, `delete ${inQuotes(key)}`);
      }
    },

    close: () => transport.close(),
  };
}

function parsePlace(place: string): { host: string; port: number } {
  const url = new URL(`http://${place}`);
  return { host: url.hostname, port: Number(url.port || 80) };
}
