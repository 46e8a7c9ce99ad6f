import { once } from 'node:events';
import { createServer } from 'node:http';

/** Where webhooks are taken and lost. */
export interface LostWebhooks {
  /** Of an agent that is reachable there as far as the marketplace can see. */
  readonly listing: { readonly metadata: { readonly callback_url: string } };
  readonly close: () => void;
}

/** Takes every webhook and loses it, so that only who asks hears of a hiring. */
export async function startLostWebhooks(): Promise<LostWebhooks> {
  const server = createServer((_request, response) => response.writeHead(200).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    listing: { metadata: { callback_url: `http://127.0.0.1:${port}/` } },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
