import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { openConsole, type GatewayConsole } from './console.ts';

/** A console that accepts any login and then answers as configured. */
async function consoleThat(
  answer: (response: ServerResponse, path: string) => void,
): Promise<GatewayConsole> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/session/login')
      response.writeHead(201, { 'set-cookie': '_hi_sess=x; Path=/' }).end();
    else answer(response, request.url ?? '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const opened = await openConsole({ url: `http://127.0.0.1:${port}`, userName: 'admin', password: 'x' });
  if (opened.kind === 'failed') throw new Error(opened.problem);
  return opened.console;
}

test.for([
  [400, '{"success":false,"message":"domain is not valid"}', 'HTTP 400, domain is not valid'],
  [200, '{"success":false,"message":"not today"}', 'HTTP 200, not today'],
  [200, '<!DOCTYPE html><title>Higress</title>', 'as after the session has expired'],
  [500, 'oops', 'HTTP 500'],
] as const)('an answer of %i with %s is a failure, and says why', async ([status, body, why]) => {
  const console = await consoleThat((response) => response.writeHead(status).end(body));
  expect(await console.replace('/v1/routes/x', {})).toEqual({
    kind: 'failed',
    problem: expect.stringContaining(why),
  });
});

test.for([
  [404, '', 'HTTP 404, not from the console'],
  [404, '404 page not found', 'HTTP 404, not from the console'],
  [200, 'OK', 'not an answer of the console'],
  [200, '', 'not an answer of the console'],
] as const)(
  'an answer of %i with "%s" of something before the console says nothing',
  async ([status, body, why]) => {
    const console = await consoleThat((response) => response.writeHead(status).end(body));
    const failed = { kind: 'failed', problem: expect.stringContaining(why) };
    expect(await console.read('/v1/routes/x')).toEqual(failed);
  },
);

test('a bare 404 says of nothing that it was taken away', async () => {
  const console = await consoleThat((response) => response.writeHead(404).end());
  expect(await console.remove('/v1/routes/x')).toEqual({
    kind: 'failed',
    problem: expect.stringContaining('not from the console'),
  });
});

test('a bare 404 of the console itself says that something is not there', async () => {
  const console = await consoleThat((response, path) =>
    path === '/v1/consumers'
      ? response.writeHead(200).end('{"success":true,"data":[]}')
      : response.writeHead(404).end(),
  );
  expect(await console.read('/v1/routes/x')).toEqual({ kind: 'absent' });
});

test('an answer that never ends is given up at its bound', async () => {
  const console = await consoleThat((response) => {
    response.writeHead(200);
    const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more));
    more();
  });
  expect(await console.read('/v1/routes/x')).toEqual({
    kind: 'failed',
    problem: expect.stringContaining('larger than'),
  });
});
