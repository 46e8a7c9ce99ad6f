import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { RunningHiclaw } from '@agrenting-hiclaw/sandbox/hiclaw';

/** One post as it came. */
export interface Post {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly taken: boolean;
}

/** Somebody's server for alerts: answers 503 while it is down. */
export async function startReceiver() {
  const posts: Post[] = [];
  let status = 204;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      posts.push({ headers: request.headers, body, taken: status === 204 });
      response.writeHead(status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    url: `http://127.0.0.1:${address.port}/alerts?token=canary-in-the-address`,
    posts,
    answer(next: number): void {
      status = next;
    },
    /** Those that it took, as documents. */
    taken: () => posts.filter(({ taken }) => taken).map(({ body }) => documentOf(body)),
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}

function documentOf(body: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(body);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

/** A room of the adapter's account alone, as a person would have made it. */
export async function makeRoom({ homeserver }: RunningHiclaw): Promise<string> {
  const response = await fetch(`${homeserver.url}/_matrix/client/v3/createRoom`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${homeserver.adapter.accessToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: 'Operators', preset: 'private_chat' }),
  });
  const { room_id } = documentOf(await response.text());
  return String(room_id);
}

/** What was said in a room for people to read. */
export function notices(hiclaw: RunningHiclaw, roomId: string): string[] {
  return hiclaw.timeline(roomId).flatMap(({ content }) => {
    const { msgtype, body, ...more } = documentOf(JSON.stringify(content ?? {}));
    return msgtype === 'm.notice' && JSON.stringify(more) === '{"m.mentions":{}}' ? [String(body)] : [];
  });
}
