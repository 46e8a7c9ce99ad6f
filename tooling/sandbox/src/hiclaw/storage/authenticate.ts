import type { StorageUser } from './access-policy.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { sameSignature, signature, type Scope } from './signature.ts';

export const region = 'us-east-1';
const maxSkewMs = 15 * 60 * 1000;

export interface Authenticated {
  readonly user: StorageUser;
  readonly scope: Scope;
  /** `x-amz-date` of the request. */
  readonly time: string;
  readonly signature: string;
}

export interface ServerView {
  readonly nowMs: number;
  /** The Host that reached the server, if something on the way changed it (HiClaw reference, 5). */
  readonly host: string | undefined;
}

const authorization =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;

/** Finds who signed the request (Signature Version 4 in the header), or throws what S3 answers. */
export const authenticate = (
  request: S3Request,
  users: ReadonlyMap<string, StorageUser>,
  server: ServerView,
): Authenticated => {
  const header = request.headers['authorization'];
  if (header === undefined) throw new S3Error('AccessDenied', 'Access Denied.');
  const [, accessKey, date, requestRegion, names, given] = authorization.exec(header) ?? [];
  if (
    accessKey === undefined ||
    date === undefined ||
    requestRegion === undefined ||
    names === undefined ||
    given === undefined
  ) {
    throw new S3Error('AuthorizationHeaderMalformed', 'The authorization header is malformed.');
  }
  if (requestRegion !== region) {
    const message = `The authorization header is malformed; the region is wrong; expecting '${region}'.`;
    throw new S3Error('AuthorizationHeaderMalformed', message, { Region: region });
  }
  const user = users.get(accessKey);
  if (user === undefined) {
    const message = 'The Access Key Id you provided does not exist in our records.';
    throw new S3Error('InvalidAccessKeyId', message);
  }
  const time = request.headers['x-amz-date'] ?? '';
  const timeMs = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(timeMs)) throw new S3Error('AccessDenied', 'x-amz-date is missing or malformed');
  if (Math.abs(server.nowMs - timeMs) > maxSkewMs) {
    const message = "The difference between the request time and the server's time is too large.";
    throw new S3Error('RequestTimeTooSkewed', message);
  }
  const signedHeaders = names.split(';');
  if (!signedHeaders.includes('host')) throw new S3Error('AccessDenied', 'host is not signed');
  const scope = { date, region: requestRegion };
  const expected = signature(
    {
      ...request,
      headers: server.host === undefined ? request.headers : { ...request.headers, host: server.host },
      signedHeaders,
      payloadHash: request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
    },
    user.secretKey,
    scope,
    time,
  );
  if (!sameSignature(expected, given)) {
    const message =
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
    throw new S3Error('SignatureDoesNotMatch', message);
  }
  return { user, scope, time, signature: given };
};
