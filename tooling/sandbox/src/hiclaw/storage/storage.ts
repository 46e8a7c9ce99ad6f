import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import { breaksConnection, FaultPlan, momentOf, type Fault } from '../faults.ts';
import { listen } from '../http-server.ts';
import { allows, type Action, type StorageUser } from './access-policy.ts';
import { authenticate, type Authenticated } from './authenticate.ts';
import { Bucket } from './bucket.ts';
import { listObjects } from './list-objects.ts';
import { getObject, putObject } from './object-operations.ts';
import { readPayload } from './payload.ts';
import { xmlAnswer, type S3Answer } from './s3-answer.ts';
import { S3Error, type S3ErrorCode } from './s3-error.ts';
import { queryValue, readRequest, type S3Request } from './s3-request.ts';
import { document, element, elementTexts } from './xml.ts';

export interface StorageOptions {
  readonly host: string;
  readonly port: number;
  readonly bucket: string;
  readonly users: readonly StorageUser[];
  readonly clock: SandboxClock;
}

export interface StorageSwitches {
  /** How far the server's clock is ahead of the machine's. */
  clockAheadMs: number;
  /** The Host that a gateway puts in place of the one the client signed. */
  rewrittenHost: string | undefined;
}

export interface RunningStorage {
  readonly url: string;
  readonly bucket: Bucket;
  readonly faults: FaultPlan;
  readonly switches: StorageSwitches;
  /** By access key. */
  readonly users: Map<string, StorageUser>;
  close(): Promise<void>;
}

/** An S3 server in memory with one bucket, as MinIO serves HiClaw (HiClaw reference, 5 and 10.2). */
export const startStorage = async (options: StorageOptions): Promise<RunningStorage> => {
  const storage = new Storage(options);
  const server = await listen(
    (incoming, response) => storage.serve(incoming, response),
    options.host,
    options.port,
  );
  return {
    url: server.url,
    bucket: storage.bucket,
    faults: storage.faults,
    switches: storage.switches,
    users: storage.users,
    close: () => server.close(),
  };
};

class Storage {
  readonly bucket: Bucket;
  readonly faults = new FaultPlan();
  readonly switches: StorageSwitches = { clockAheadMs: 0, rewrittenHost: undefined };
  /** By access key. */
  readonly users: Map<string, StorageUser>;
  readonly #clock: SandboxClock;

  constructor(options: StorageOptions) {
    this.bucket = new Bucket(options.bucket, options.clock);
    this.users = new Map(options.users.map((user) => [user.accessKey, user]));
    this.#clock = options.clock;
  }

  async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    let answer: S3Answer | 'connection_lost';
    try {
      answer = await this.#answer(await readRequest(incoming));
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const resource = (incoming.url ?? '/').split('?', 1).join('');
      answer = {
        status: error.status,
        headers: { 'content-type': 'application/xml' },
        body: error.xml(resource, requestId),
      };
    }
    if (answer === 'connection_lost') {
      incoming.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { server: 'MinIO', 'x-amz-request-id': requestId, ...answer.headers });
    response.end(incoming.method === 'HEAD' ? undefined : answer.body);
  }

  async #answer(request: S3Request): Promise<S3Answer | 'connection_lost'> {
    const signed = authenticate(request, this.users, {
      nowMs: Date.now() + this.switches.clockAheadMs,
      host: this.switches.rewrittenHost,
    });
    const name = operationName(request);
    const fault = this.faults.take(name, signed.user.accessKey);
    const moment = fault === undefined ? undefined : momentOf(fault);
    if (fault !== undefined && moment === 'delay') await this.#clock.sleep(fault.seconds * 1000);
    if (fault !== undefined && moment === 'before') return faultAnswer(fault);
    const answer = this.#run(name, request, signed);
    return fault !== undefined && moment === 'after' ? faultAnswer(fault) : answer;
  }

  #run(name: OperationName, request: S3Request, signed: Authenticated): S3Answer {
    const { user } = signed;
    const may = (action: Action, target: string): void => {
      if (!allows(user.policy, action, target)) throw new S3Error('AccessDenied', 'Access Denied.');
    };
    if (name === 'ListBuckets') return this.#listBuckets();
    if (request.bucket !== this.bucket.name) {
      const message = 'The specified bucket does not exist';
      throw new S3Error('NoSuchBucket', message, { BucketName: request.bucket });
    }
    switch (name) {
      case 'HeadBucket':
        may('list', '');
        return { status: 200, headers: {} };
      case 'GetBucketLocation':
        may('list', '');
        return xmlAnswer(document('LocationConstraint', []));
      case 'ListObjects':
        may('list', queryValue(request, 'prefix') ?? '');
        return listObjects(this.bucket, request, user);
      case 'GetObject':
      case 'HeadObject':
        may('read', request.key);
        return getObject(this.bucket, request, user);
      case 'PutObject':
        may('write', request.key);
        return putObject(this.bucket, request, readPayload(request, signed), user);
      case 'DeleteObject':
        may('delete', request.key);
        this.bucket.delete(request.key);
        return { status: 204, headers: {} };
      case 'DeleteObjects':
        return this.#deleteObjects(readPayload(request, signed).bytes.toString(), user);
      case 'CreateBucket':
        throw new S3Error('BucketAlreadyOwnedByYou', 'The bucket exists.');
      case 'Unknown':
        throw new S3Error('NotImplemented', `The sandbox does not do ${request.method} ${request.path}`);
    }
  }

  #listBuckets(): S3Answer {
    const bucket = `<Bucket>${element('Name', this.bucket.name)}${element('CreationDate', new Date(0).toISOString())}</Bucket>`;
    const owner = `<Owner>${element('ID', 'sandbox')}${element('DisplayName', 'sandbox')}</Owner>`;
    return xmlAnswer(document('ListAllMyBucketsResult', [owner, `<Buckets>${bucket}</Buckets>`]));
  }

  #deleteObjects(xml: string, user: StorageUser): S3Answer {
    const parts = elementTexts(xml, 'Key').map((key) => {
      if (!allows(user.policy, 'delete', key)) {
        return `<Error>${element('Key', key)}${element('Code', 'AccessDenied')}${element('Message', 'Access Denied.')}</Error>`;
      }
      this.bucket.delete(key);
      return `<Deleted>${element('Key', key)}</Deleted>`;
    });
    return xmlAnswer(document('DeleteResult', parts));
  }
}

type OperationName =
  | 'ListBuckets'
  | 'HeadBucket'
  | 'GetBucketLocation'
  | 'ListObjects'
  | 'GetObject'
  | 'HeadObject'
  | 'PutObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'CreateBucket'
  | 'Unknown';

const subresources = new Set([
  'acl',
  'policy',
  'tagging',
  'uploads',
  'uploadId',
  'versioning',
  'versions',
  'lifecycle',
]);

const operationName = (request: S3Request): OperationName => {
  const { method, bucket, key, query } = request;
  if (query.some(([name]) => subresources.has(name))) return 'Unknown';
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : 'Unknown';
  if (key === '') {
    if (method === 'GET')
      return query.some(([name]) => name === 'location') ? 'GetBucketLocation' : 'ListObjects';
    if (method === 'HEAD') return 'HeadBucket';
    if (method === 'PUT') return 'CreateBucket';
    return method === 'POST' && query.some(([name]) => name === 'delete') ? 'DeleteObjects' : 'Unknown';
  }
  if (method === 'GET') return 'GetObject';
  if (method === 'HEAD') return 'HeadObject';
  if (method === 'PUT') return 'PutObject';
  return method === 'DELETE' ? 'DeleteObject' : 'Unknown';
};

const faultCodes: Record<number, S3ErrorCode> = { 403: 'AccessDenied', 404: 'NoSuchKey', 503: 'SlowDown' };

const faultAnswer = (fault: Fault): 'connection_lost' => {
  if (breaksConnection(fault)) return 'connection_lost';
  const code = fault.kind === 'rate_limit' ? 'SlowDown' : (faultCodes[fault.status] ?? 'InternalError');
  throw new S3Error(code, code === 'SlowDown' ? 'Please reduce your request rate' : 'A fault of the sandbox');
};
