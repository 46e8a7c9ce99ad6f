import type { StorageUser } from './access-policy.ts';
import type { Bucket, StoredObject } from './bucket.ts';
import { maxObjectBytes } from './bucket.ts';
import type { Payload } from './payload.ts';
import type { S3Answer } from './s3-answer.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

export const putObject = (
  bucket: Bucket,
  request: S3Request,
  payload: Payload,
  user: StorageUser,
): S3Answer => {
  if (request.headers['x-amz-copy-source'] !== undefined) {
    throw new S3Error('NotImplemented', 'The sandbox does not copy objects');
  }
  if (payload.bytes.length > maxObjectBytes) throw new S3Error('EntityTooLarge', 'The object is too large');
  const present = bucket.get(request.key);
  const noneMatch = request.headers['if-none-match'];
  const match = request.headers['if-match'];
  if (noneMatch !== undefined && present !== undefined && etagFits(noneMatch, present))
    throw preconditionFailed();
  if (match !== undefined && (present === undefined || !etagFits(match, present))) throw preconditionFailed();
  const kept = Object.entries(request.headers).filter(
    ([name]) => name.startsWith('x-amz-meta-') || name === 'cache-control' || name === 'content-disposition',
  );
  const stored = bucket.put({
    key: request.key,
    bytes: payload.bytes,
    contentType: request.headers['content-type'],
    headers: { ...Object.fromEntries(kept), ...payload.checksums },
    writtenBy: user.accessKey,
  });
  return { status: 200, headers: { etag: stored.etag, ...payload.checksums } };
};

export const getObject = (bucket: Bucket, request: S3Request, user: StorageUser): S3Answer => {
  const object = bucket.get(request.key, user.accessKey);
  if (object === undefined)
    throw new S3Error('NoSuchKey', 'The specified key does not exist.', { Key: request.key });
  const match = request.headers['if-match'];
  if (match !== undefined && !etagFits(match, object)) throw preconditionFailed();
  const noneMatch = request.headers['if-none-match'];
  if (noneMatch !== undefined && etagFits(noneMatch, object))
    return { status: 304, headers: { etag: object.etag } };
  const range = rangeOf(request.headers['range'], object.bytes.length);
  // The checksum is that of the whole object, so a part of it comes without.
  const wantsChecksum = request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED';
  const headers = headersOf(object, wantsChecksum && range === undefined);
  const bytes = range === undefined ? object.bytes : object.bytes.subarray(range.start, range.end + 1);
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...headers,
      'content-length': String(bytes.length),
      ...(range === undefined
        ? {}
        : { 'content-range': `bytes ${range.start}-${range.end}/${object.bytes.length}` }),
    },
    body: bytes,
  };
};

const preconditionFailed = (): S3Error =>
  new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');

const etagFits = (condition: string, object: StoredObject): boolean =>
  condition.trim() === '*' ||
  condition.split(',').some((etag) => etag.trim().replaceAll('"', '') === object.etag.replaceAll('"', ''));

const headersOf = (object: StoredObject, withChecksums: boolean): Record<string, string> => {
  const kept = Object.entries(object.headers).filter(
    ([name]) => withChecksums || !name.startsWith('x-amz-checksum-'),
  );
  return {
    ...Object.fromEntries(kept),
    'content-type': object.contentType,
    etag: object.etag,
    'last-modified': new Date(object.modifiedAtMs).toUTCString(),
    'accept-ranges': 'bytes',
  };
};

const rangeOf = (header: string | undefined, length: number): { start: number; end: number } | undefined => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  if (start > end) throw new S3Error('InvalidRange', 'The requested range is not satisfiable');
  return { start, end };
};
