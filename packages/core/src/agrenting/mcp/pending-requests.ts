import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCNotification,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { adaptInitializeResult, PROTOCOL_VERSION } from './initialize-result.ts';
import type { IncomingResponse } from './json-rpc.ts';

const MAX_OPEN = 256;

interface OpenRequest {
  readonly sdkId: RequestId;
  readonly method: string;
}

/** A message as it goes out; `key` names the request that waits for its answer. */
export interface Outgoing {
  readonly wire: JSONRPCMessage;
  readonly key?: string | undefined;
}

/**
 * The requests that wait for an answer. On the wire they count from 1, because servers are known
 * that take an id of 0 for none. Whatever channel brings an answer first closes the request, and
 * the second finds nothing (Agrenting API reference, 7.2).
 */
export class PendingRequests {
  readonly #open = new Map<string, OpenRequest>();
  #lastWireId = 0;

  /** The message as it goes out; undefined when it should not. */
  outgoing(message: JSONRPCMessage): Outgoing | undefined {
    if (isJSONRPCRequest(message)) {
      if (this.#open.size >= MAX_OPEN) throw new Error(`more than ${MAX_OPEN} requests are unanswered`);
      this.#lastWireId += 1;
      const key = String(this.#lastWireId);
      const { id: sdkId, method, params } = message;
      this.#open.set(key, { sdkId, method });
      // The SDK offers its newest version, which a server of the old one need not understand.
      const pinned = method === 'initialize' && { params: { ...params, protocolVersion: PROTOCOL_VERSION } };
      return { wire: { ...message, id: this.#lastWireId, ...pinned }, key };
    }
    if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled') {
      return this.#cancellation(message);
    }
    return { wire: message };
  }

  /** The answer under the SDK's own id; undefined when no request waits for it. */
  incoming({ id, outcome }: IncomingResponse, postedKey?: string): JSONRPCMessage | undefined {
    const key = id === undefined ? postedKey : String(id);
    const open = key === undefined ? undefined : this.#open.get(key);
    if (key === undefined || open === undefined) return undefined;
    this.#open.delete(key);
    const base = { jsonrpc: '2.0' as const, id: open.sdkId };
    if ('error' in outcome) return { ...base, error: outcome.error };
    const { result } = outcome;
    return { ...base, result: open.method === 'initialize' ? adaptInitializeResult(result) : result };
  }

  /** True while the request waits. */
  waits(key: string): boolean {
    return this.#open.has(key);
  }

  /** Stops waiting. */
  forget(key: string): void {
    this.#open.delete(key);
  }

  #cancellation(message: JSONRPCNotification): Outgoing | undefined {
    const cancelled = message.params?.['requestId'];
    for (const [key, { sdkId, method }] of this.#open) {
      if (sdkId !== cancelled) continue;
      this.#open.delete(key);
      // The protocol forbids to cancel an initialize.
      if (method === 'initialize') return undefined;
      return { wire: { ...message, params: { ...message.params, requestId: Number(key) } } };
    }
    return undefined;
  }
}
