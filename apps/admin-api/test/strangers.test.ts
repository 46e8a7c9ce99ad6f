import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import type { RunningAdminApi } from '../src/app.ts';
import { admin, ask, command, OPERATOR, test } from './environment.ts';
import { operations, pathToNothing } from './walked-document.ts';

const audited = z.object({ items: z.array(z.object({ who: z.string(), action: z.string() })) });

async function rows(app: RunningAdminApi): Promise<z.output<typeof audited>['items']> {
  return audited.parse((await ask(app, '/audit?limit=200')).body).items;
}

/** Asks as a browser does for a page of somebody else. */
async function asPage(
  app: RunningAdminApi,
  path: string,
  {
    method = 'GET',
    body,
    headers,
  }: { method?: string; body?: string | undefined; headers: Record<string, string> },
) {
  const { hostname, port } = new URL(app.adminUrl);
  return await new Promise<{ status: number; headers: Readonly<Record<string, unknown>>; text: string }>(
    (resolve, reject) => {
      const asked = request({ hostname, port, path, method, headers }, (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      });
      asked.on('error', reject);
      asked.end(body);
    },
  );
}

describe.concurrent('strangers', () => {
  test('write one row of the audit, whatever they ask for and however often', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    expect((await command(app, '/alerts/test')).status).toBe(422);
    for (const operation of operations()) {
      for (const token of ['', 'wrong']) {
        for (const contentType of ['application/json', 'text/plain']) {
          const answer = await ask(app, pathToNothing(operation), {
            method: operation.method,
            token,
            headers: { 'content-type': contentType },
          });
          expect(answer.status).toBeGreaterThanOrEqual(400);
        }
      }
    }
    for (let nth = 0; nth < 500; nth += 1)
      await ask(app, '/workers/alice/start', { method: 'POST', token: '' });
    const found = await rows(app);
    expect(found.map(({ who, action }) => `${who} ${action}`)).toEqual([
      ' refused strangers',
      'olga POST alerts',
    ]);
    const metrics = await fetch(`${app.adminUrl}/metrics`, {
      headers: { authorization: `Bearer ${OPERATOR}` },
    });
    const counted = [...(await metrics.text()).matchAll(/admin_refused_total\{status="\d+"\} (\d+)/g)];
    expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBeGreaterThan(500);
  });

  test('who break off what they send write nothing into the log, and are counted', async ({
    openEnvironment,
    startProcess,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await startProcess(env, { admin });
    const printed = z.object({ admin: z.url() });
    const [url = ''] = app.lines().flatMap((line) => {
      const parsed = line.startsWith('{') ? printed.safeParse(JSON.parse(line)).data : undefined;
      return parsed === undefined ? [] : [parsed.admin];
    });
    const { hostname, port } = new URL(url);
    const before = app.lines().length;
    for (let nth = 0; nth < 50; nth += 1) {
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /api/v1/session HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"tok\r\n`,
        () => socket.destroy(),
      );
      await once(socket, 'close');
    }
    const counted = async () => {
      const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${OPERATOR}` } });
      const found = /admin_refused_total\{status="400"\} (\d+)/.exec(await metrics.text());
      return Number(found?.[1] ?? 0);
    };
    await until(async () => (await counted()) === 50);
    expect(app.lines().slice(before).join('\n')).not.toContain('failed');
  });

  test('are not asked for a body that they hold back before their token is known', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const { hostname, port } = new URL(app.adminUrl);
    const answers: string[] = [];
    for (const token of ['wrong', OPERATOR]) {
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /api/v1/hirings/x/retry HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n`,
      );
      const [first] = await once(socket, 'data');
      answers.push(String(first).slice(0, 12));
      socket.destroy();
    }
    expect(answers).toEqual(['HTTP/1.1 401', 'HTTP/1.1 100']);
  });

  test('have the documentation and the document made once for all of them', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const paths = ['/docs', '/api/v1/openapi.json'];
    for (const path of paths) await (await fetch(`${app.adminUrl}${path}`)).text();
    const before = process.cpuUsage();
    for (let nth = 0; nth < 100; nth += 1) {
      for (const path of paths) expect((await fetch(`${app.adminUrl}${path}`)).status).toBe(200);
    }
    const { user } = process.cpuUsage(before);
    // One making takes more than all of that.
    expect(user / 200 / 1_000).toBeLessThan(20);
  });
});

describe.concurrent('a page of somebody else on the operator’s machine', () => {
  const ORIGINS = ['https://evil.example', 'http://127.0.0.1:9999', 'http://localhost:8791', 'null'] as const;

  test.for(ORIGINS)(
    'from %s has nothing done and reads nothing',
    async (origin, { openEnvironment, expect }) => {
      const env = await openEnvironment();
      const app = await env.startApp();
      const host = new URL(app.adminUrl).host;
      const opened = await ask(app, '/session', { method: 'POST', token: '', body: { token: OPERATOR } });
      const { secret } = z.object({ secret: z.string() }).parse(opened.body);
      const headers = { host, origin, cookie: `agrenting_session=${secret}`, 'sec-fetch-site': 'cross-site' };
      const body = JSON.stringify({ commandId: crypto.randomUUID() });
      for (const { method, path, secured } of operations()) {
        const at = `/api/v1${path.replaceAll(/\{\w+\}/g, 'x')}`;
        // What a form or a script can send without asking before.
        const sent = method === 'GET' ? undefined : body;
        const simple = await asPage(app, at, {
          method,
          body: sent,
          headers: { ...headers, 'content-type': 'text/plain', 'content-length': String(sent?.length ?? 0) },
        });
        expect([method, path, simple.status]).toEqual([method, path, secured ? 401 : 415]);
        // What it may send is asked before, and not allowed.
        const asked = await asPage(app, at, {
          method: 'OPTIONS',
          headers: {
            ...headers,
            'access-control-request-method': method,
            'access-control-request-headers': 'authorization, content-type',
          },
        });
        expect(asked.status).toBeGreaterThanOrEqual(400);
        for (const answer of [simple, asked]) {
          expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual(
            [],
          );
          expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
        }
      }
      expect((await rows(app)).map(({ who, action }) => `${who} ${action}`)).toEqual([
        ' refused strangers',
        'olga POST session',
      ]);
    },
  );

  test('whose own name leads to this machine is not answered', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const { port } = new URL(app.adminUrl);
    for (const path of [
      '/',
      '/docs',
      '/health',
      '/ready',
      '/api/v1/openapi.json',
      '/api/v1/session',
      '/metrics',
    ]) {
      const answer = await asPage(app, path, { headers: { host: `evil.example:${port}` } });
      expect([path, answer.status]).toEqual([path, 421]);
    }
    for (const name of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect([name, (await asPage(app, '/docs', { headers: { host: name } })).status]).toEqual([name, 200]);
    }
  });
});
