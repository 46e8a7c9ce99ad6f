import { createServer, type Socket } from 'node:net';

/** Says to a connection what it says on a request of which the head has come; `left` aborts when the caller has gone. */
export type RawAnswer = (socket: Socket, request: RawRequest) => void;

export interface RawRequest {
  readonly method: string;
  readonly path: string;
}

export interface RawServer {
  readonly url: string;
  /** Answers each request from now on. */
  answer: RawAnswer;
  /** Connections that are open. */
  open(): number;
  close(): Promise<void>;
}

/** A server that writes bytes as they are, for answers that no HTTP library would make. */
export async function startRawServer(): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Callers leave in the middle of what they are told.
    socket.on('error', () => socket.destroy());
    let head = '';
    let bodyLeft = 0;
    socket.on('data', (chunk) => {
      let text = chunk.toString('latin1');
      while (text !== '') {
        const skipped = Math.min(bodyLeft, text.length);
        bodyLeft -= skipped;
        head += text.slice(skipped);
        text = '';
        const end = head.indexOf('\r\n\r\n');
        if (end === -1) continue;
        const [, method = '', path = ''] = /^(\S{1,20}) (\S{1,4000})/.exec(head) ?? [];
        bodyLeft = Number(/content-length: (\d{1,9})/i.exec(head.slice(0, end))?.[1] ?? 0);
        text = head.slice(end + 4);
        head = '';
        raw.answer(socket, { method, path });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  const raw: RawServer = {
    url: `http://127.0.0.1:${address.port}`,
    answer: (socket) => socket.destroy(),
    open: () => sockets.size,
    close: async () =>
      await new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return raw;
}
