import { createHash } from 'node:crypto';

import type { Clock } from './clock.ts';
import { presented, type AuthForm } from './credentials.ts';

/** A settlement or message as it arrived, whatever became of it. Header values are not kept, but the idempotency key. */
export interface RecordedRequest {
  sequence: number;
  at: string;
  via: 'rest' | 'mcp';
  operation: 'result' | 'failure' | 'message' | 'chunk';
  hiringId: string | null;
  /** `null` if nobody was recognised. */
  agentId: string | null;
  userId: string | null;
  authForms: AuthForm[];
  idempotencyKey: string | null;
  contentType: string | null;
  body: string;
  bodySha256: string;
  /** HTTP status of the answer; `null` while none was given, or if the connection broke instead. */
  status: number | null;
  /** Whether it changed anything: not when refused, replayed or struck by a fault beforehand. */
  applied: boolean;
  /** Older forms that were taken but should not be sent any more (Agrenting API reference, 15 #1). */
  remarks: string[];
}

export interface RequestFilter {
  hiringId?: string | undefined;
  agentId?: string | undefined;
  operation?: string | undefined;
}

export class RequestLog {
  readonly #clock: Clock;
  readonly #maxRequests: number;
  readonly #maxBytes: number;
  #requests: RecordedRequest[] = [];
  #bytes = 0;
  #sequence = 0;

  constructor(clock: Clock, maxRequests: number, maxBytes: number) {
    this.#clock = clock;
    this.#maxRequests = maxRequests;
    this.#maxBytes = maxBytes;
  }

  /** Notes a request; the caller fills in what becomes of it. */
  begin(
    request: Pick<RecordedRequest, 'via' | 'operation' | 'hiringId' | 'agentId' | 'userId'>,
    headers: Headers,
    body: Uint8Array,
  ): RecordedRequest {
    this.#sequence += 1;
    const recorded: RecordedRequest = {
      sequence: this.#sequence,
      at: new Date(this.#clock.now()).toISOString(),
      ...request,
      authForms: presented(headers).map(({ form }) => form),
      idempotencyKey: headers.get('x-idempotency-key'),
      contentType: headers.get('content-type'),
      body: new TextDecoder().decode(body),
      bodySha256: createHash('sha256').update(body).digest('hex'),
      status: null,
      applied: false,
      remarks: [],
    };
    this.#requests.push(recorded);
    this.#bytes += recorded.body.length;
    while (this.#requests.length > this.#maxRequests || this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#requests.shift()?.body.length ?? this.#bytes;
    }
    return recorded;
  }

  list(filter: RequestFilter = {}): RecordedRequest[] {
    const { hiringId, agentId, operation } = filter;
    return this.#requests
      .filter((request) => hiringId === undefined || request.hiringId === hiringId)
      .filter((request) => agentId === undefined || request.agentId === agentId)
      .filter((request) => operation === undefined || request.operation === operation)
      .map((request) => structuredClone(request));
  }

  clear(): void {
    this.#requests = [];
    this.#bytes = 0;
  }
}
