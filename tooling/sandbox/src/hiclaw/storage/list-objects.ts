import type { StorageUser } from './access-policy.ts';
import type { Bucket, StoredObject } from './bucket.ts';
import { xmlAnswer, type S3Answer } from './s3-answer.ts';
import { S3Error } from './s3-error.ts';
import { queryValue, type S3Request } from './s3-request.ts';
import { document, element } from './xml.ts';

const mostKeys = 1000;

interface Page {
  readonly objects: readonly StoredObject[];
  readonly commonPrefixes: readonly string[];
  /** The last key or prefix given, if there is more. */
  readonly next: string | undefined;
}

/** ListObjectsV2, and the first version which the minio client still uses (HiClaw reference, 10.2). */
export const listObjects = (bucket: Bucket, request: S3Request, user: StorageUser): S3Answer => {
  const isSecond = queryValue(request, 'list-type') === '2';
  const prefix = queryValue(request, 'prefix') ?? '';
  const delimiter = queryValue(request, 'delimiter') ?? '';
  const maxKeys = Number(queryValue(request, 'max-keys') ?? mostKeys);
  if (!Number.isInteger(maxKeys) || maxKeys < 0)
    throw new S3Error('InvalidArgument', 'max-keys is not a number');
  const token = queryValue(request, 'continuation-token');
  const marker = queryValue(request, 'marker') ?? '';
  const after =
    token === undefined
      ? isSecond
        ? (queryValue(request, 'start-after') ?? '')
        : marker
      : Buffer.from(token, 'base64url').toString();
  const limit = Math.min(maxKeys, mostKeys);
  const page = pageOf(bucket, prefix, delimiter, after, limit, user.accessKey);
  const encode = (text: string): string =>
    queryValue(request, 'encoding-type') === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text;
  const count = page.objects.length + page.commonPrefixes.length;
  const versionParts = isSecond
    ? [
        element('KeyCount', count),
        ...(token === undefined ? [] : [element('ContinuationToken', token)]),
        ...(page.next === undefined
          ? []
          : [element('NextContinuationToken', Buffer.from(page.next).toString('base64url'))]),
      ]
    : [
        element('Marker', encode(marker)),
        ...(page.next === undefined ? [] : [element('NextMarker', encode(page.next))]),
      ];
  return xmlAnswer(
    document('ListBucketResult', [
      element('Name', bucket.name),
      element('Prefix', encode(prefix)),
      element('MaxKeys', limit),
      element('IsTruncated', page.next !== undefined),
      ...(delimiter === '' ? [] : [element('Delimiter', encode(delimiter))]),
      ...(queryValue(request, 'encoding-type') === 'url' ? [element('EncodingType', 'url')] : []),
      ...versionParts,
      ...page.objects.map(
        (object) =>
          `<Contents>${element('Key', encode(object.key))}` +
          element('LastModified', new Date(object.modifiedAtMs).toISOString()) +
          element('ETag', object.etag) +
          element('Size', object.bytes.length) +
          `${element('StorageClass', 'STANDARD')}</Contents>`,
      ),
      ...page.commonPrefixes.map(
        (each) => `<CommonPrefixes>${element('Prefix', encode(each))}</CommonPrefixes>`,
      ),
    ]),
  );
};

const pageOf = (
  bucket: Bucket,
  prefix: string,
  delimiter: string,
  after: string,
  limit: number,
  reader: string,
): Page => {
  const objects: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  let last = after;
  for (const object of bucket.from(prefix, after, reader)) {
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const group = cut < 0 ? undefined : object.key.slice(0, cut + delimiter.length);
    if (group !== undefined && (group === commonPrefixes.at(-1) || after.startsWith(group))) continue;
    if (objects.length + commonPrefixes.length === limit) {
      return { objects, commonPrefixes, next: limit === 0 ? undefined : last };
    }
    if (group === undefined) objects.push(object);
    else commonPrefixes.push(group);
    last = group ?? object.key;
  }
  return { objects, commonPrefixes, next: undefined };
};
