import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startHttpServer, type HttpServer } from './http-server.ts';

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** What comes when a body is held back until it is asked for, and sent then. */
async function heldBack(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  server = await startHttpServer({
    at: { section: 'test', hostVariable: 'HOST', portVariable: 'PORT', host: '127.0.0.1', port: 0 },
    answer,
  });
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    if (received === '' && chunk.toString().startsWith('HTTP/1.1 100')) socket.write('body');
    received += chunk.toString();
    if (received.includes('HTTP/1.1 200')) socket.end();
  });
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n');
  await once(socket, 'close');
  return received;
}

test('a body that is held back is not asked for where nobody reads it, and the connection ends with the refusal', async () => {
  const received = await heldBack((_request, response) => void response.writeHead(401).end());
  expect(received).toMatch(/^HTTP\/1\.1 401 /);
  expect(received.toLowerCase()).toContain('connection: close');
});

test('a body that is held back is asked for once it is read', async () => {
  const received = await heldBack((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => void response.writeHead(200).end(`read ${body}`));
  });
  expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  expect(received).toContain('read body');
});
