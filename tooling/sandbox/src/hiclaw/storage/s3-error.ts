import { escapeXml } from './xml.ts';

const statusOf = {
  AccessDenied: 403,
  AuthorizationHeaderMalformed: 400,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  EntityTooLarge: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidRange: 416,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  XAmzContentChecksumMismatch: 400,
  XAmzContentSHA256Mismatch: 400,
  XMinioStorageFull: 507,
} as const;

export type S3ErrorCode = keyof typeof statusOf;

/** A refusal as S3 words it (HiClaw reference, 10.2). Thrown by operations, answered in one place. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  readonly status: number;
  readonly details: Readonly<Record<string, string>>;

  constructor(code: S3ErrorCode, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'S3Error';
    this.code = code;
    this.status = statusOf[code];
    this.details = details;
  }

  xml(resource: string, requestId: string): string {
    const details = Object.entries(this.details).map(
      ([name, value]) => `<${name}>${escapeXml(value)}</${name}>`,
    );
    return (
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${this.code}</Code>` +
      `<Message>${escapeXml(this.message)}</Message>${details.join('')}` +
      `<Resource>${escapeXml(resource)}</Resource><RequestId>${requestId}</RequestId></Error>`
    );
  }
}
