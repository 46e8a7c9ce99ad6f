import { ImplementationSchema, ServerCapabilitiesSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

/** The only version that the marketplace is documented to speak (Agrenting API reference, 7.1). */
export const PROTOCOL_VERSION = '2024-11-05';

const initializeResult = z.looseObject({
  protocolVersion: z.string().catch(PROTOCOL_VERSION),
  capabilities: ServerCapabilitiesSchema.catch({}),
  serverInfo: ImplementationSchema.catch({ name: 'unknown', version: 'unknown' }),
});

/**
 * Fills in what the SDK insists on. What the marketplace says of itself is not documented, and a
 * session must not fail for a missing name (Agrenting API reference, 7.4).
 */
export function adaptInitializeResult(result: Record<string, unknown>): Record<string, unknown> {
  return initializeResult.parse(result);
}
