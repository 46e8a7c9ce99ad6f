import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Client, S3Error as MinioError } from 'minio';
import { afterEach, beforeAll, afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { machineClock } from '../clock.ts';
import { ObjectClient } from '../worker/object-client.ts';
import { adapterPolicy, everything, workerPolicy } from './access-policy.ts';
import { startStorage, type RunningStorage } from './storage.ts';

const bucket = 'hiclaw-storage';
const adapterUser = { accessKey: 'agrenting', secretKey: 'adapter-secret' };
const workerUser = { accessKey: 'alice', secretKey: 'alice-secret' };
const rootUser = { accessKey: 'admin', secretKey: 'admin-secret' };
let storage: RunningStorage;
const open: { destroy: () => void }[] = [];

beforeAll(async () => {
  const prefixes = ['shared/tasks/agrenting-', 'shared/projects/agrenting-'];
  storage = await startStorage({
    host: '127.0.0.1',
    port: 0,
    bucket,
    clock: machineClock,
    users: [
      { ...rootUser, policy: everything },
      { ...workerUser, policy: workerPolicy('alice') },
      { ...adapterUser, policy: adapterPolicy(prefixes) },
    ],
  });
});

afterEach(() => {
  storage.faults.clear();
  storage.switches.rewrittenHost = undefined;
  storage.switches.clockAheadMs = 0;
  storage.bucket.tornWrites = undefined;
  const keys = Array.from(storage.bucket.from(''), (object) => object.key);
  for (const key of keys) storage.bucket.delete(key);
});

afterAll(async () => {
  for (const client of open) client.destroy();
  await storage.close();
});

const sentHeaders = z.object({ headers: z.record(z.string(), z.string()) });

type Keys = typeof adapterUser;

const aws = (keys: Keys = adapterUser): S3Client => {
  const client = new S3Client({
    endpoint: storage.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey },
    maxAttempts: 1,
  });
  open.push(client);
  return client;
};

const minio = (keys: Keys = adapterUser): Client => {
  const url = new URL(storage.url);
  return new Client({ endPoint: url.hostname, port: Number(url.port), useSSL: false, ...keys });
};

const refusalOf = async (
  promise: Promise<unknown>,
): Promise<{ code: string; status: number | undefined }> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof S3ServiceException)
    return { code: error.name, status: error.$metadata.httpStatusCode };
  if (error instanceof MinioError) return { code: error.code ?? '', status: undefined };
  throw new TypeError(`not refused: ${String(error)}`);
};

const read = async (client: Client, key: string): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of await client.getObject(bucket, key))
    chunks.push(z.instanceof(Buffer).parse(chunk));
  return Buffer.concat(chunks).toString();
};

describe('objects', () => {
  test('go up and down through the AWS SDK, with its checksums', async () => {
    const client = aws();
    const Key = 'shared/tasks/agrenting-1/weird name +&=(1)é.md';
    const put = await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key,
        Body: '# hello',
        ContentType: 'text/markdown',
        Metadata: { hiring: 'one' },
      }),
    );
    const etag = `"${createHash('md5').update('# hello').digest('hex')}"`;
    expect(put.ETag).toBe(etag);
    expect(put.ChecksumCRC32).toBeDefined();
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({
      ETag: etag,
      ContentLength: 7,
      ContentType: 'text/markdown',
      Metadata: { hiring: 'one' },
    });
    expect(head.ChecksumCRC32).toBe(put.ChecksumCRC32);
    expect(head.LastModified?.getTime()).toBeGreaterThan(Date.now() - 10_000);
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    expect(await got.Body?.transformToString()).toBe('# hello');
    const part = await client.send(new GetObjectCommand({ Bucket: bucket, Key, Range: 'bytes=2-4' }));
    expect(await part.Body?.transformToString()).toBe('hel');
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    await expect(client.send(new GetObjectCommand({ Bucket: bucket, Key }))).rejects.toBeInstanceOf(
      NoSuchKey,
    );
    expect(await refusalOf(client.send(new HeadObjectCommand({ Bucket: bucket, Key })))).toEqual({
      code: 'NotFound',
      status: 404,
    });
  });

  test('streamed by the AWS SDK in chunks arrive whole', async () => {
    const client = aws();
    const Key = 'shared/tasks/agrenting-1/stream.bin';
    const content = Buffer.alloc(300_000, 'abc');
    const parts = [0, 100_000, 200_000].map((at) => content.subarray(at, at + 100_000));
    const Body = Readable.from(parts, { objectMode: false });
    let declared: unknown;
    client.middlewareStack.add(
      (next) => (input) => {
        const { request } = input;
        declared = sentHeaders.parse(request).headers['x-amz-content-sha256'];
        return next(input);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentLength: content.length }));
    expect(declared).toBe('STREAMING-UNSIGNED-PAYLOAD-TRAILER');
    expect(Buffer.compare(storage.bucket.get(Key)?.bytes ?? Buffer.alloc(0), content)).toBe(0);
  });

  test('go up and down through the minio client', async () => {
    const client = minio();
    const key = 'shared/tasks/agrenting-1/spec.md';
    await client.putObject(bucket, key, 'the spec', undefined, { 'X-Amz-Meta-Hiring': 'one' });
    expect(await read(client, key)).toBe('the spec');
    const stat = await client.statObject(bucket, key);
    expect(stat).toMatchObject({ size: 8, metaData: { hiring: 'one' } });
    expect(stat.etag).toBe(createHash('md5').update('the spec').digest('hex'));
    await client.removeObject(bucket, key);
    expect(await refusalOf(client.getObject(bucket, key))).toMatchObject({ code: 'NoSuchKey' });
    await client.putObject(bucket, key, 'again');
    await client.removeObjects(bucket, [key]);
    expect(storage.bucket.get(key)).toBeUndefined();
  });

  test('a put on the condition that there is none succeeds once', async () => {
    const put = (client: S3Client, Body: string): Promise<unknown> =>
      client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: 'shared/tasks/agrenting-1/lock',
          Body,
          IfNoneMatch: '*',
        }),
      );
    await put(aws(), 'first');
    expect(await refusalOf(put(aws(), 'second'))).toEqual({ code: 'PreconditionFailed', status: 412 });
    expect(Buffer.from(storage.bucket.get('shared/tasks/agrenting-1/lock')?.bytes ?? []).toString()).toBe(
      'first',
    );
  });

  test("the sandbox's own client gets and lists what it put", async () => {
    const client = new ObjectClient(
      { endpoint: storage.url, bucket, ...workerUser },
      new AbortController().signal,
    );
    await client.put("shared/tasks/x/it's (new)*.md", Buffer.from('text'));
    expect((await client.get("shared/tasks/x/it's (new)*.md"))?.toString()).toBe('text');
    expect(await client.list('shared/tasks/x/')).toMatchObject([
      { key: "shared/tasks/x/it's (new)*.md", size: 4 },
    ]);
    expect(await client.get('shared/tasks/x/none')).toBeUndefined();
  });
});

describe('lists', () => {
  const fill = (count: number): void => {
    for (let number = 0; number < count; number += 1) {
      const key = `shared/tasks/agrenting-${String(number).padStart(4, '0')}/meta.json`;
      storage.bucket.put({ key, bytes: Buffer.from('{}'), writtenBy: 'admin' });
    }
  };

  test('come in pages that the AWS SDK follows', async () => {
    fill(25);
    const client = aws();
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    let pages = 0;
    do {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: 'shared/tasks/agrenting-',
          MaxKeys: 10,
          ContinuationToken,
        }),
      );
      keys.push(...(page.Contents ?? []).map((object) => object.Key ?? ''));
      expect(page.KeyCount).toBe(page.Contents?.length);
      ContinuationToken = page.NextContinuationToken;
      pages += 1;
    } while (ContinuationToken !== undefined);
    expect(pages).toBe(3);
    expect(keys).toEqual([...storage.bucket.from('')].map((object) => object.key));
  });

  test('over a thousand come whole through the minio client, in both versions of the call', async () => {
    fill(1005);
    const client = minio();
    for (const stream of [
      client.listObjectsV2(bucket, 'shared/tasks/agrenting-', true),
      client.listObjects(bucket, 'shared/tasks/agrenting-', true),
    ]) {
      const names: unknown[] = [];
      for await (const object of stream) names.push(z.object({ name: z.string() }).parse(object).name);
      expect(new Set(names).size).toBe(1005);
    }
  });

  test('with a delimiter show folders', async () => {
    fill(3);
    storage.bucket.put({ key: 'shared/tasks/agrenting-file', bytes: Buffer.from(''), writtenBy: 'admin' });
    const list = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: 'shared/tasks/agrenting-',
      Delimiter: '/',
      MaxKeys: 2,
    });
    const first = await aws().send(list);
    expect(first.CommonPrefixes?.map((each) => each.Prefix)).toEqual([
      'shared/tasks/agrenting-0000/',
      'shared/tasks/agrenting-0001/',
    ]);
    const second = await aws().send(
      new ListObjectsV2Command({ ...list.input, ContinuationToken: first.NextContinuationToken }),
    );
    expect(second.CommonPrefixes?.map((each) => each.Prefix)).toEqual(['shared/tasks/agrenting-0002/']);
    expect(second.Contents?.map((object) => object.Key)).toEqual(['shared/tasks/agrenting-file']);
    expect(second.IsTruncated).toBe(false);
  });
});

describe('access', () => {
  test('the adapter reaches its own tasks and the settings of workers, and nothing else', async () => {
    const client = aws();
    storage.bucket.put({ key: 'agents/alice/openclaw.json', bytes: Buffer.from('{}'), writtenBy: 'admin' });
    storage.bucket.put({
      key: 'agents/alice/credentials/matrix/password',
      bytes: Buffer.from('x'),
      writtenBy: 'admin',
    });
    await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'agents/alice/openclaw.json' }));
    const denied = { code: 'AccessDenied', status: 403 };
    const refused = [
      client.send(new GetObjectCommand({ Bucket: bucket, Key: 'agents/alice/credentials/matrix/password' })),
      client.send(new PutObjectCommand({ Bucket: bucket, Key: 'agents/alice/openclaw.json', Body: '{}' })),
      client.send(new PutObjectCommand({ Bucket: bucket, Key: 'shared/tasks/other/meta.json', Body: '{}' })),
      client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'shared/tasks/other/meta.json' })),
      client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'shared/tasks/' })),
      client.send(new ListObjectsV2Command({ Bucket: bucket })),
    ];
    expect(await Promise.all(refused.map(refusalOf))).toEqual(refused.map(() => denied));
  });

  test('a worker reaches all of shared and its own folder', async () => {
    const client = aws(workerUser);
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'shared/tasks/any/result.md', Body: 'done' }),
    );
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'agents/alice/memory.md', Body: 'notes' }));
    await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'shared/' }));
    const foreign = client.send(new GetObjectCommand({ Bucket: bucket, Key: 'agents/bob/memory.md' }));
    expect(await refusalOf(foreign)).toEqual({ code: 'AccessDenied', status: 403 });
  });

  test('the root user sees buckets', async () => {
    const client = aws(rootUser);
    expect((await client.send(new ListBucketsCommand())).Buckets?.map((each) => each.Name)).toEqual([bucket]);
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
    expect(await minio(rootUser).bucketExists(bucket)).toBe(true);
    expect(await minio(rootUser).bucketExists('another-bucket')).toBe(false);
    const missing = client.send(new ListObjectsV2Command({ Bucket: 'another-bucket' }));
    expect(await refusalOf(missing)).toEqual({ code: 'NoSuchBucket', status: 404 });
  });

  test('wrong keys, a wrong region and a skewed clock are told apart', async () => {
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: 'shared/tasks/agrenting-' });
    const wrongSecret = aws({ ...adapterUser, secretKey: 'wrong' }).send(list);
    expect(await refusalOf(wrongSecret)).toEqual({ code: 'SignatureDoesNotMatch', status: 403 });
    const wrongKey = aws({ ...adapterUser, accessKey: 'nobody' }).send(list);
    expect(await refusalOf(wrongKey)).toEqual({ code: 'InvalidAccessKeyId', status: 403 });
    const { hostname, port } = new URL(storage.url);
    const elsewhere = new Client({
      endPoint: hostname,
      port: Number(port),
      useSSL: false,
      region: 'eu-west-1',
      ...adapterUser,
    });
    const wrongRegion = elsewhere.statObject(bucket, 'shared/tasks/agrenting-1/spec.md');
    await expect(wrongRegion).rejects.toThrow(MinioError);
    storage.switches.clockAheadMs = 16 * 60 * 1000;
    const skewed = minio().putObject(bucket, 'shared/tasks/agrenting-1/spec.md', 'x');
    expect(await refusalOf(skewed)).toMatchObject({ code: 'RequestTimeTooSkewed' });
  });

  test('a gateway that changes the Host breaks every signature', async () => {
    storage.switches.rewrittenHost = 'fs-local.hiclaw.io:18080';
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: 'shared/tasks/agrenting-' });
    expect(await refusalOf(aws().send(list))).toEqual({ code: 'SignatureDoesNotMatch', status: 403 });
  });

  test('a request without a signature is refused, a body that was changed too', async () => {
    const answer = await fetch(`${storage.url}/${bucket}/shared/tasks/agrenting-1/spec.md`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/xml');
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
    const client = aws();
    client.middlewareStack.add(
      (next) => (input) => {
        const { request } = input;
        if (typeof request === 'object' && request !== null) Object.assign(request, { body: 'as it WAS' });
        return next(input);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'changeBody' },
    );
    const put = client.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'shared/tasks/agrenting-1/spec.md', Body: 'as it was' }),
    );
    expect((await refusalOf(put)).status).toBe(400);
    expect(storage.bucket.get('shared/tasks/agrenting-1/spec.md')).toBeUndefined();
  });
});

describe('faults', () => {
  const put = (Body: string, client = aws()): Promise<unknown> =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key: 'shared/tasks/agrenting-1/spec.md', Body }));

  test('SlowDown hits who it is meant for, as often as told', async () => {
    storage.faults.add({
      kind: 'error_before_apply',
      operation: 'PutObject',
      who: adapterUser.accessKey,
      times: 2,
    });
    await put('the worker is not hit', aws(workerUser));
    expect(await refusalOf(put('one'))).toEqual({ code: 'SlowDown', status: 503 });
    expect(await refusalOf(put('two'))).toEqual({ code: 'SlowDown', status: 503 });
    await put('three');
  });

  test('a lost answer leaves the object', async () => {
    storage.faults.add({ kind: 'connection_lost_after_apply', operation: 'PutObject' });
    await expect(put('stored')).rejects.toThrow('socket hang up');
    expect(Buffer.from(storage.bucket.get('shared/tasks/agrenting-1/spec.md')?.bytes ?? []).toString()).toBe(
      'stored',
    );
  });

  test('a torn folder shows its objects one by one', async () => {
    storage.bucket.tornWrites = { prefix: 'shared/tasks/', stepMs: 60_000 };
    await put('seen later', aws(workerUser));
    expect(storage.bucket.get('shared/tasks/agrenting-1/spec.md', 'alice')).toBeDefined();
    const get = new GetObjectCommand({ Bucket: bucket, Key: 'shared/tasks/agrenting-1/spec.md' });
    await expect(aws().send(get)).rejects.toBeInstanceOf(NoSuchKey);
    const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: 'shared/tasks/agrenting-1/' });
    expect((await aws().send(list)).KeyCount).toBe(0);
  });

  test('what the sandbox does not do is said', async () => {
    const copy = new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: `${bucket}/original` });
    expect(await refusalOf(aws(rootUser).send(copy))).toEqual({ code: 'NotImplemented', status: 501 });
    const upload = new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'large' });
    expect(await refusalOf(aws(rootUser).send(upload))).toEqual({ code: 'NotImplemented', status: 501 });
  });
});
