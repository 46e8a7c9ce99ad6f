import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';

/** The official client over its own transport, not yet connected. */
export function officialClient(marketplaceUrl: string, apiKey: string) {
  const client = new Client({ name: 'official', version: '1' });
  const transport = new SSEClientTransport(new URL('/mcp/sse', marketplaceUrl), {
    requestInit: { headers: { 'X-API-Key': apiKey } },
  });
  return { client, transport };
}
