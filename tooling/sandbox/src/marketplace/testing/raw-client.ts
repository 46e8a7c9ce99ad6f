import { z } from 'zod';

const messageSchema = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string().optional(),
});

export type RawMessage = z.output<typeof messageSchema>;

export interface RawAnswer {
  status: number;
  contentType: string | null;
  body: string;
}

/** An agent's MCP client that hides nothing: what came over the stream, byte for byte, and what each POST answered. */
export interface RawClient {
  response: Response;
  /** All text of the stream so far. */
  text: () => string;
  /** The data of all `message` events so far, but for those whose data is no JSON. */
  messages: () => RawMessage[];
  /** Where messages go, resolved against the marketplace's own origin. */
  messagesUrl: () => string;
  post: (message: unknown) => Promise<RawAnswer>;
  /** Goes through the handshake: initialize, then the notification, then a subscription to `hiring://pending`. */
  handshake: () => Promise<void>;
  /** Ends the stream from this side. */
  close: () => void;
  /** Resolves when the stream has ended, no matter who ended it. */
  ended: Promise<void>;
}

interface RawOptions {
  /** Answers the server's pings at once. */
  pong?: boolean;
  headers?: Record<string, string>;
}

export async function openRawClient(
  marketplaceUrl: string,
  apiKey: string,
  options: RawOptions = {},
): Promise<RawClient> {
  const headers = options.headers ?? { 'X-API-Key': apiKey };
  const abort = new AbortController();
  const response = await fetch(`${marketplaceUrl}/mcp/sse`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: abort.signal,
  });
  let text = '';
  let answered = 0;

  const client: RawClient = {
    response,
    text: () => text,
    messages: () => framesOf(text).flatMap((data) => parsed(data)),
    messagesUrl: () => {
      const endpoint = /event: endpoint\ndata: (.*)\n\n/.exec(text)?.[1] ?? '';
      return `${marketplaceUrl}${new URL(endpoint, marketplaceUrl).pathname}`;
    },
    post: async (message) => {
      const posted = await fetch(client.messagesUrl(), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof message === 'string' ? message : JSON.stringify(message),
      });
      return {
        status: posted.status,
        contentType: posted.headers.get('content-type'),
        body: await posted.text(),
      };
    },
    handshake: async () => {
      const clientInfo = { name: 'raw', version: '1' };
      const params = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo };
      await client.post({ jsonrpc: '2.0', id: 'initialize', method: 'initialize', params });
      await client.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
      const uri = 'hiring://pending';
      await client.post({ jsonrpc: '2.0', id: 'subscribe', method: 'resources/subscribe', params: { uri } });
    },
    close: () => abort.abort(),
    ended: Promise.resolve(),
  };

  const answerPings = async (): Promise<void> => {
    const messages = client.messages();
    const fresh = messages.slice(answered);
    answered = messages.length;
    for (const { id, method } of fresh) {
      if (method === 'ping') await client.post({ jsonrpc: '2.0', id, result: {} });
    }
  };
  let opened: () => void = () => {};
  const open = new Promise<void>((resolve) => (opened = resolve));
  client.ended = (async () => {
    const decoder = new TextDecoder();
    try {
      const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
      for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
        text += decoder.decode(read.value, { stream: true });
        if (text.includes('\n\n')) opened();
        if (options.pong === true) await answerPings();
      }
    } catch {
      // Aborted by close(), or dropped by the marketplace: the stream is over either way.
    }
    opened();
  })();
  await open;
  return client;
}

function parsed(data: string): RawMessage[] {
  try {
    return [messageSchema.parse(JSON.parse(data))];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function framesOf(text: string): string[] {
  return [...text.matchAll(/event: message\ndata: (.*)\n\n/g)].map((match) => match[1] ?? '');
}
