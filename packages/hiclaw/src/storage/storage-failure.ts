import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { PROFILES } from '../profiles.ts';
import { describeConnectionError } from '../http/connection-error.ts';
import type { StorageFailure } from './object-store.ts';

/** What was tried and where, for the operator. */
export interface StorageAttempt {
  readonly endpoint: string;
  readonly bucket: string;
  /** Such as `write shared/tasks/…/spec.md`. */
  readonly doing: string;
}

/** What the client's error says; `status` is there where it dropped the answer. */
export interface StorageErrorFacts {
  readonly code: string;
  readonly status: number | undefined;
}

/** Reads what the S3 client threw. */
export function storageErrorFacts(error: unknown): StorageErrorFacts {
  if (!(error instanceof Error)) return { code: '', status: undefined };
  // theirs: of minio-js, which keeps the status nowhere else
  const dropped = /Retryable HTTP status: (\d{3})/.exec(error.message)?.[1];
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, status: dropped === undefined ? undefined : Number(dropped) };
}

/** What the owner has to change, by S3's error code (HiClaw reference, 5). */
const REMEDIES: Readonly<Record<string, string>> = {
  AccessDenied:
    'the access key lacks permission: grant its policy Get, Put, Delete and List on shared/tasks/agrenting-* and shared/projects/agrenting-*, as `agrenting-hiclaw setup` does',
  NoSuchBucket: `the bucket does not exist: ${Object.entries(PROFILES)
    .map(([name, { bucket }]) => `HiClaw ${name} calls it ${bucket}`)
    .join(', ')}`,
  InvalidAccessKeyId:
    'the storage does not know the access key: create the user, or set the key of an existing one',
  SignatureDoesNotMatch:
    "the secret key is wrong, or a gateway changed the signed Host header: set the endpoint to the storage's own name (such as http://fs-local.hiclaw.io:18080), and set the connection address separately if that name does not resolve",
  RequestTimeTooSkewed: 'the clocks differ by more than 15 minutes: set the time of this machine',
  AuthorizationHeaderMalformed: 'wrong region: set the region of the storage',
  InvalidRegion: 'wrong region: set the region of the storage',
  MovedPermanently: 'the bucket is at another endpoint: set its endpoint and region',
  PermanentRedirect: 'the bucket is at another endpoint: set its endpoint and region',
  TemporaryRedirect: 'the bucket is at another endpoint: set its endpoint and region',
  MethodNotAllowed: 'the endpoint does not answer like S3: check its address',
};

/** Conditions that pass without anybody changing the set-up. */
const PASSING: Readonly<Record<string, string>> = {
  NotFound:
    'HTTP 404, not from the storage itself but from a gateway: check the endpoint and any proxy in front of it',
  SlowDown: 'it limits requests',
  InternalError: 'it reported an internal error',
  ServiceUnavailable: 'it is not ready',
  XMinioServerNotInitialized: 'it is still starting',
  XMinioStorageFull: 'its disk is full: free some space',
  InsufficientStorage: 'its disk is full: free some space',
};

/** Turns what the S3 client threw into what to tell the operator; quotes nothing that the server said but its code. */
export function storageFailure(error: unknown, { endpoint, bucket, doing }: StorageAttempt): StorageFailure {
  const attempt = `could not ${doing} in bucket ${bucket} of ${endpoint}`;
  const { code, status } = storageErrorFacts(error);
  if (status !== undefined) return { kind: 'unavailable', problem: `${attempt}: it answered ${status}` };
  const remedy = REMEDIES[code];
  if (remedy !== undefined) return { kind: 'refused', problem: `${attempt} (${code}): ${remedy}` };
  const passing = PASSING[code];
  if (passing !== undefined) return { kind: 'unavailable', problem: `${attempt} (${code}): ${passing}` };
  if (error instanceof Error && /^Invalid(BucketName|ObjectName|Endpoint)Error$/.test(error.name)) {
    return { kind: 'refused', problem: `${attempt}: ${inQuotes(error.message)}` };
  }
  if (error instanceof Error && error.name === 'InvalidXMLError') {
    return {
      kind: 'unavailable',
      problem: `${attempt}: the endpoint does not answer like S3: check its address`,
    };
  }
  if (/^[A-Z][a-z]/.test(code))
    return { kind: 'unavailable', problem: `${attempt}: it answered ${inQuotes(code, 80)}` };
  return { kind: 'unavailable', problem: `${attempt}: the storage ${describeConnectionError(error)}` };
}
