import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Authenticated } from './authenticate.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { chunkSignature, sameSignature, sha256 } from './signature.ts';

export interface Payload {
  readonly bytes: Buffer<ArrayBuffer>;
  /** `x-amz-checksum-*`, from the headers or from behind the body. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * The body as it was meant: plain, or taken out of aws-chunked framing, with or without signed chunks and trailing
 * headers, as the AWS SDK sends it. Whatever hash or checksum came along is compared (HiClaw reference, 10.2).
 */
export const readPayload = (request: S3Request, signed: Authenticated): Payload => {
  const declared = request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD';
  const streamed = declared.startsWith('STREAMING-')
    ? readChunks(request.body, declared, signed)
    : { bytes: request.body, trailers: {} };
  if (/^[0-9a-f]{64}$/.test(declared) && sha256(streamed.bytes) !== declared) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new S3Error('XAmzContentSHA256Mismatch', message);
  }
  const length = request.headers['x-amz-decoded-content-length'];
  if (length !== undefined && Number(length) !== streamed.bytes.length) {
    throw new S3Error('IncompleteBody', 'The body is not as long as it was said to be.');
  }
  const checksums = checksumsIn({ ...request.headers, ...streamed.trailers });
  compareChecksums(streamed.bytes, checksums, request.headers['content-md5']);
  return { bytes: streamed.bytes, checksums };
};

interface Streamed {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly trailers: Readonly<Record<string, string>>;
}

const readChunks = (body: Buffer<ArrayBuffer>, declared: string, signed: Authenticated): Streamed => {
  const chunksAreSigned = declared.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  const chunks: Buffer[] = [];
  let previous = signed.signature;
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const line = lineEnd < 0 ? '' : body.toString('latin1', at, lineEnd);
    const [, size, chunkSigned] = /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line) ?? [];
    if (size === undefined) throw new S3Error('IncompleteBody', 'The chunked body is malformed.');
    const start = lineEnd + 2;
    const chunk = body.subarray(start, start + Number.parseInt(size, 16));
    if (chunksAreSigned) {
      const expected = chunkSignature(chunk, previous, signed.user.secretKey, signed.scope, signed.time);
      if (!sameSignature(expected, chunkSigned ?? '')) {
        throw new S3Error('SignatureDoesNotMatch', 'A chunk of the body is not signed as it should be.');
      }
      previous = expected;
    }
    if (chunk.length === 0)
      return { bytes: Buffer.concat(chunks), trailers: trailersIn(body.subarray(start)) };
    chunks.push(chunk);
    at = start + chunk.length + 2;
  }
};

const trailersIn = (bytes: Buffer): Record<string, string> => {
  const lines = bytes.toString('latin1').split('\r\n');
  const fields = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 ? [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const] : [];
  });
  return Object.fromEntries(fields);
};

const checksumsIn = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) =>
      /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/.test(name),
    ),
  );

const compareChecksums = (
  bytes: Buffer,
  checksums: Record<string, string>,
  md5: string | undefined,
): void => {
  if (md5 !== undefined && createHash('md5').update(bytes).digest('base64') !== md5) {
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const known: Record<string, () => string> = {
    'x-amz-checksum-crc32': () => {
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(crc32(bytes));
      return sum.toString('base64');
    },
    'x-amz-checksum-sha1': () => createHash('sha1').update(bytes).digest('base64'),
    'x-amz-checksum-sha256': () => createHash('sha256').update(bytes).digest('base64'),
  };
  for (const [name, given] of Object.entries(checksums)) {
    const computed = known[name]?.();
    if (computed !== undefined && computed !== given) {
      throw new S3Error(
        'XAmzContentChecksumMismatch',
        `The ${name} you specified did not match what we received.`,
      );
    }
  }
};
