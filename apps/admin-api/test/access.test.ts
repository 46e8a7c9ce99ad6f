import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { z } from 'zod';
import type { RunningAdminApi } from '../src/app.ts';
import { ask, command, OPERATOR, test, VIEWER } from './environment.ts';

const opened = z.object({ secret: z.string(), until: z.iso.datetime() });

async function openSession(app: RunningAdminApi, token = OPERATOR): Promise<z.output<typeof opened>> {
  return opened.parse((await ask(app, '/session', { method: 'POST', token: '', body: { token } })).body);
}

const COMMANDS = [
  '/hirings/x/retry',
  '/agents/x/pause',
  '/workers/alice/start',
  '/alerts/test',
  '/agents',
] as const;

describe.concurrent('access', () => {
  test('nobody without a token sees anything but health, the document and an empty door', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    for (const path of ['/overview', '/hirings', '/settings', '/events', '/audit', '/nowhere']) {
      const answer = await ask(app, path, { token: '' });
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        401,
        'application/problem+json',
      ]);
      expect(answer.body).toMatchObject({ status: 401, todo: expect.stringContaining('admin token') });
    }
    expect((await ask(app, '/openapi.json', { token: '' })).status).toBe(200);
    const pages: [string, number][] = [];
    for (const path of [
      '/health',
      '/ready',
      '/metrics',
      '/docs',
      '/docs/docs.css',
      '/',
      '/docs/..%2fpackage.json',
    ]) {
      const { status } = await fetch(`${app.adminUrl}${path}`);
      pages.push([path, status]);
    }
    expect(pages).toEqual([
      ['/health', 200],
      ['/ready', expect.any(Number)],
      ['/metrics', 401],
      ['/docs', 200],
      ['/docs/docs.css', 200],
      ['/', 200],
      ['/docs/..%2fpackage.json', 404],
    ]);
    const metrics = await fetch(`${app.adminUrl}/metrics`, {
      headers: { authorization: `Bearer ${VIEWER}` },
    });
    expect(await metrics.text()).toContain('agrenting_hiclaw_hirings');
    const page = await fetch(`${app.adminUrl}/docs`);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
  });

  test('a viewer sees everything and has nothing done', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    expect((await ask(app, '/hirings', { token: VIEWER })).status).toBe(200);
    for (const path of COMMANDS) {
      expect([path, (await command(app, path, {}, { token: VIEWER })).status]).toEqual([path, 403]);
    }
    const audit = await ask(app, '/audit', { token: VIEWER });
    expect(audit.body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ who: 'victor', role: 'viewer', outcome: '403', from: '127.0.0.1' }),
      ]),
    });
  });

  test('a session stands for its token until it is closed, and each login has one of its own', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const opened = await openSession(app);
    const other = await openSession(app);
    expect(opened.secret).not.toBe(other.secret);
    expect((await ask(app, '/session', { token: opened.secret })).body).toEqual({
      name: 'olga',
      role: 'operator',
    });
    // No alert sink is configured, which only an authenticated caller learns.
    expect((await command(app, '/alerts/test', {}, { token: opened.secret })).status).toBe(422);
    expect((await ask(app, '/session', { method: 'DELETE', token: opened.secret })).status).toBe(204);
    expect((await ask(app, '/session', { token: opened.secret })).status).toBe(401);
    expect((await ask(app, '/session', { token: other.secret })).status).toBe(200);
  });

  test('as many logins of a viewer as there may be end no session of an operator', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const operator = await openSession(app);
    const viewers: string[] = [];
    for (let login = 0; login < 1_010; login += 1) viewers.push((await openSession(app, VIEWER)).secret);
    expect((await ask(app, '/session', { token: operator.secret })).status).toBe(200);
    const statuses = await Promise.all(
      viewers.slice(-25).map(async (secret) => (await ask(app, '/session', { token: secret })).status),
    );
    expect(statuses).toEqual([
      ...Array.from({ length: 5 }, () => 401),
      ...Array.from({ length: 20 }, () => 200),
    ]);
  });

  test('a client with many wrong tokens gets 429, and a right token is still accepted', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const statuses: number[] = [];
    for (let index = 0; index < 14; index += 1) {
      const body = { token: randomUUID() };
      statuses.push((await ask(app, '/session', { method: 'POST', token: '', body })).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses.slice(10)).toEqual([429, 429, 429, 429]);
    const limited = await ask(app, '/hirings', { token: 'wrong' });
    expect([limited.status, Number(limited.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await ask(app, '/hirings')).status).toBe(200);
    const audit = await ask(app, '/audit?limit=200');
    // However many came, one row a minute says so.
    expect(audit.text.match(/refused strangers/g)).toHaveLength(1);
  });

  test('without a token it does not start, and says what to do', async ({
    openEnvironment,
    startProcess,
    expect,
  }) => {
    const env = await openEnvironment();
    const outcome = await startProcess(env, { admin: { port: 0 } }).catch(String);
    expect(outcome).toContain('admin token --role operator');
  });
});
