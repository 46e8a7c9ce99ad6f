import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as requestOf, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { MAIN, test as base } from './environment.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

interface Proxy {
  readonly url: string;
  /** Hosts with ports that were asked for through it. */
  readonly asked: Set<string>;
}

/** A proxy that passes on what it is asked for, as HTTP proxies do: plain requests, and tunnels. */
function createProxy(asked: Set<string>, sockets: Set<Socket>): Server {
  const server = createServer((incoming, response) => {
    const { method, headers, url = '' } = incoming;
    asked.add(new URL(url).host);
    const onwards = requestOf(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onwards.on('error', () => response.destroy());
    response.on('close', () => onwards.destroy());
    incoming.pipe(onwards);
  });
  server.on('connect', ({ url = '' }, socket: Socket) => {
    asked.add(url);
    const { hostname, port } = new URL(`http://${url}`);
    const onwards = connect(Number(port || 80), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onwards.pipe(socket);
      socket.pipe(onwards);
    });
    sockets.add(socket).add(onwards);
    for (const one of [socket, onwards]) {
      one.on('error', () => undefined);
      one.on('close', () => (one === socket ? onwards : socket).destroy());
    }
  });
  return server;
}

const portOf = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return address.port;
};

const test = base.extend<{ readonly openProxy: () => Promise<Proxy> }>({
  openProxy: async ({ task: _ofThisTest }, use) => {
    const servers: Server[] = [];
    const sockets = new Set<Socket>();
    await use(async () => {
      const asked = new Set<string>();
      const server = createProxy(asked, sockets);
      servers.push(server);
      return { url: `http://127.0.0.1:${await portOf(server)}`, asked };
    });
    for (const socket of sockets) socket.destroy();
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  },
});

const hostOf = (url: string): string => new URL(url).host;

describe.concurrent('a process that reaches others by a proxy only', () => {
  test('works through it: marketplace, homeserver and storage', async ({
    openEnvironment,
    openProxy,
    expect,
  }) => {
    const env = await openEnvironment();
    const proxy = await openProxy();
    const app = await AppProcess.start(env.folder, env.settings(), {
      main: MAIN,
      environment: { HTTP_PROXY: proxy.url },
    });
    try {
      await env.listening();
      const { id } = env.hire();
      await env.ended(id);
      const { storage, homeserver } = env.hiclaw;
      const outside = [env.marketplace.url, homeserver.url, storage.endpoint].map(hostOf);
      expect([...proxy.asked].toSorted()).toEqual(outside.toSorted());
    } finally {
      await app.stop();
    }
  });

  test('asks the hosts of NO_PROXY itself', async ({ openEnvironment, openProxy, expect }) => {
    const env = await openEnvironment();
    const proxy = await openProxy();
    const app = await AppProcess.start(env.folder, env.settings(), {
      main: MAIN,
      environment: { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' },
    });
    try {
      await env.listening();
      const { id } = env.hire();
      await env.ended(id);
      expect([...proxy.asked]).toEqual([]);
    } finally {
      await app.stop();
    }
  });

  test('names the variable that is not a proxy, and not its value', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await AppProcess.start(env.folder, env.settings(), {
      main: MAIN,
      environment: { HTTPS_PROXY: 'user:geheim@proxy' },
    });
    expect(await app.ended()).toBe(2);
    expect(app.output).toContain('HTTPS_PROXY is not a proxy address');
    expect(app.output).not.toContain('geheim');
  });

  base.skipIf(!hasOpenssl)(
    'and by https, when the authority of its certificate is in NODE_EXTRA_CA_CERTS',
    async ({ openEnvironment, expect }) => {
      const env = await openEnvironment();
      const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
      spawnSync(
        'openssl',
        ['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-days', '2']
          .concat(names)
          .concat(['-keyout', 'tls.key', '-out', 'tls.pem']),
        { cwd: env.folder },
      );
      const asked = new Set<string>();
      const sockets = new Set<Socket>();
      const [certificate, proxyServer] = [join(env.folder, 'tls.pem'), createProxy(asked, sockets)];
      const secure = createSecureServer(
        { key: await readFile(join(env.folder, 'tls.key')), cert: await readFile(certificate) },
        (incoming, response) => {
          const { method, headers, url = '' } = incoming;
          const onwards = requestOf(`${env.marketplace.url}${url}`, { method, headers }, (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
          });
          onwards.on('error', () => response.destroy());
          response.on('close', () => onwards.destroy());
          incoming.pipe(onwards);
        },
      );
      const baseUrl = `https://127.0.0.1:${await portOf(secure)}`;
      const proxyUrl = `http://127.0.0.1:${await portOf(proxyServer)}`;
      const app = await AppProcess.start(env.folder, env.settings({ marketplace: { baseUrl } }), {
        main: MAIN,
        environment: { HTTPS_PROXY: proxyUrl, NODE_EXTRA_CA_CERTS: certificate },
      });
      try {
        await env.listening();
        const { id } = env.hire();
        await env.ended(id);
        // What goes without https has no proxy here.
        expect([...asked]).toEqual([hostOf(baseUrl)]);
      } finally {
        await app.stop();
        for (const socket of sockets) socket.destroy();
        for (const server of [secure, proxyServer]) {
          server.close();
          server.closeAllConnections();
        }
      }
    },
  );
});
