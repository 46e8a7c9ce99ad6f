import type { JSONRPCNotification, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { outsideText } from '../outside-text.ts';

const MAX_BATCH = 1000;
const INTERNAL_ERROR = -32_603;

/** The answer to one of our requests, not yet matched to it. */
export interface IncomingResponse {
  readonly kind: 'response';
  /** Undefined in an error about a request whose id the server could not read. */
  readonly id: RequestId | undefined;
  readonly outcome:
    | { readonly result: Record<string, unknown> }
    | { readonly error: { readonly code: number; readonly message: string } };
}

export type Incoming =
  | IncomingResponse
  | { readonly kind: 'request'; readonly message: JSONRPCRequest }
  | { readonly kind: 'notification'; readonly message: JSONRPCNotification }
  /** No JSON-RPC. Nothing of it is repeated here, as it may hold a credential. */
  | { readonly kind: 'alien' };

const fields = z.record(z.string(), z.unknown());
const message = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number()]).nullish(),
  method: z.string().optional(),
  params: fields.optional().catch(undefined),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});
const rpcError = z.object({
  code: z.number().int().catch(INTERNAL_ERROR),
  message: z.string().catch(''),
});

/**
 * Reads JSON-RPC from text: one message, a list of them, or something else. Extra fields are
 * dropped, so that the SDK, which wants none, takes what is left (Agrenting API reference, 7.2).
 */
export function parseJsonRpc(text: string): readonly Incoming[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [{ kind: 'alien' }];
  }
  if (!Array.isArray(json)) return [parseMessage(json)];
  return json.slice(0, MAX_BATCH).map((item: unknown) => parseMessage(item));
}

function parseMessage(json: unknown): Incoming {
  const parsed = message.safeParse(json);
  if (!parsed.success) return { kind: 'alien' };
  const { id, method, params, result, error } = parsed.data;
  if (method !== undefined) {
    // A ping asks one thing only: whatever comes with it must not cost the answer.
    const content = { method, ...(params !== undefined && method !== 'ping' && { params }) };
    return id === undefined || id === null
      ? { kind: 'notification', message: { jsonrpc: '2.0', ...content } }
      : { kind: 'request', message: { jsonrpc: '2.0', id, ...content } };
  }
  if (error !== undefined && error !== null) {
    const { code, message: words } = rpcError.safeParse(error).data ?? { code: INTERNAL_ERROR, message: '' };
    const outcome = { error: { code, message: outsideText(words) || 'an error without words' } };
    return { kind: 'response', id: id ?? undefined, outcome };
  }
  // Without an id there is nothing that this could be the result of.
  if (result === undefined || id === undefined || id === null) return { kind: 'alien' };
  const object = fields.safeParse(result ?? {});
  const outcome = object.success
    ? { result: object.data }
    : { error: { code: INTERNAL_ERROR, message: 'the result is not an object' } };
  return { kind: 'response', id, outcome };
}
