import { z } from 'zod';

const idSchema = z.union([z.string(), z.number()]);

const requestSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: idSchema,
  method: z.string(),
  params: z.record(z.string(), z.unknown()).optional(),
});
const notificationSchema = z.object({
  jsonrpc: z.literal('2.0'),
  method: z.string(),
  params: z.record(z.string(), z.unknown()).optional(),
});
const responseSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: idSchema,
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});

export type RpcId = string | number;
export type RpcRequest = z.output<typeof requestSchema>;
export type RpcAnswer = { jsonrpc: '2.0'; id: RpcId | null } & (
  | { result: Record<string, unknown> }
  | { error: { code: number; message: string; data?: unknown } }
);

export type Inbound =
  | { kind: 'request'; message: RpcRequest }
  | { kind: 'notification'; message: z.output<typeof notificationSchema> }
  | { kind: 'response'; message: z.output<typeof responseSchema> }
  | { kind: 'invalid' };

export function classify(value: unknown): Inbound {
  if (typeof value !== 'object' || value === null) return { kind: 'invalid' };
  if (!('method' in value)) {
    const response = responseSchema.safeParse(value);
    return response.success ? { kind: 'response', message: response.data } : { kind: 'invalid' };
  }
  if ('id' in value) {
    const request = requestSchema.safeParse(value);
    return request.success ? { kind: 'request', message: request.data } : { kind: 'invalid' };
  }
  const notification = notificationSchema.safeParse(value);
  return notification.success ? { kind: 'notification', message: notification.data } : { kind: 'invalid' };
}

/** The numbers of JSON-RPC 2.0, and MCP's own for a resource that is not there. */
export const rpcCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  resourceNotFound: -32002,
} as const;

export function rpcResult(id: RpcId, result: Record<string, unknown>): RpcAnswer {
  return { jsonrpc: '2.0', id, result };
}

export function rpcError(id: RpcId | null, code: number, message: string): RpcAnswer {
  return { jsonrpc: '2.0', id, error: { code, message } };
}
