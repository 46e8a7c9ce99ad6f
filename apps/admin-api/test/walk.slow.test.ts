import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { z } from 'zod';
import type { RunningAdminApi } from '../src/app.ts';
import { ask, OPERATOR, test, VIEWER, type Answer, type Asking } from './environment.ts';
import { operations, pathToNothing, sampleBody, UNSAFE, type Operation } from './walked-document.ts';

const ALL = operations();
const DEEDS = ALL.filter(({ method, secured }) => secured && UNSAFE.includes(method));

const problem = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  todo: z.string().min(1),
});

async function send(app: RunningAdminApi, operation: Operation, asking: Asking = {}): Promise<Answer> {
  const { method } = operation;
  const body =
    operation.body === undefined ? undefined : { ...sampleBody(operation), commandId: randomUUID() };
  return await ask(app, pathToNothing(operation), { method, body, ...asking });
}

/** What nobody else may even look at. */
const FOR_OPERATORS = new Set(['GET /hirings/{id}/files/{sha256}']);

const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

/** The answer as a problem in the form that is promised, by its status. */
function statusOfProblem({ status, headers, body }: Answer): number {
  if (headers.get('content-type') !== 'application/problem+json') return -status;
  return problem.parse(body).status === status ? status : -status;
}

describe.concurrent('every route of the document', () => {
  test('is for nobody without a token, but for the door', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    expect(ALL.filter(({ secured }) => !secured).map(nameOf)).toEqual(['POST /session']);
    for (const operation of ALL.filter(({ secured }) => secured)) {
      const answer = await send(app, operation, { token: '' });
      expect([nameOf(operation), statusOfProblem(answer)]).toEqual([nameOf(operation), 401]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('that does something is not for viewers, who may only leave', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    for (const operation of DEEDS) {
      const answer = await send(app, operation, { token: VIEWER });
      const mayLeave = nameOf(operation) === 'DELETE /session';
      expect([nameOf(operation), answer.status]).toEqual([nameOf(operation), mayLeave ? 204 : 403]);
    }
    // What the doctor found is there for them once an operator had it looked.
    expect((await ask(app, '/doctor')).status).toBe(200);
    for (const operation of ALL.filter(({ method, path }) => method === 'GET' && path !== '/events')) {
      const { status } = await send(app, operation, { token: VIEWER });
      const expected = FOR_OPERATORS.has(nameOf(operation)) ? 403 : operation.inPath.length === 0 ? 200 : 404;
      expect([nameOf(operation), status]).toEqual([nameOf(operation), expected]);
    }
  });

  test('that does something does it for a session by its secret, and not for what a browser sends automatically', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const opened = await ask(app, '/session', { method: 'POST', token: '', body: { token: OPERATOR } });
    expect(opened.headers.getSetCookie()).toEqual([]);
    const { secret } = z.object({ secret: z.string() }).parse(opened.body);
    for (const operation of DEEDS) {
      for (const name of ['agrenting_session', '__Host-agrenting_session', 'authorization']) {
        const answer = await send(app, operation, { token: '', headers: { cookie: `${name}=${secret}` } });
        expect([nameOf(operation), name, statusOfProblem(answer)]).toEqual([nameOf(operation), name, 401]);
      }
    }
    expect((await ask(app, '/session', { token: secret })).status).toBe(200);
  });

  test('says 404 with what to do for an id that there is not, and 400 for what is none', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    for (const operation of ALL.filter(({ inPath }) => inPath.length > 0)) {
      expect([nameOf(operation), statusOfProblem(await send(app, operation))]).toEqual([
        nameOf(operation),
        404,
      ]);
      for (const wrong of ['x!', '%00', '..%2f..%2fetc', 'A'.repeat(300), '4816cd2a']) {
        const path = operation.path.replaceAll(/\{\w+\}/g, wrong);
        const answer = await send({ ...app }, { ...operation, path });
        expect([path, [400, 404].includes(statusOfProblem(answer))]).toEqual([path, true]);
      }
    }
  });

  test('says 400 with what to do for limits, cursors and words that it does not take', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const WRONG: Readonly<Record<string, readonly string[]>> = {
      limit: ['0', '-1', '201', '1000000000', '1e300', 'x', '1.5', '', 'NaN'],
      cursor: ['x', '-1', 'bm8', 'e30', 'x'.repeat(501), '', Buffer.from('1e400').toString('base64url')],
      state: ['lost', '', 'HEARD'],
      agent: ['x', '', '4816cd2a'],
      worker: ['', 'x'.repeat(129)],
      q: ['', ' ', 'x'.repeat(201)],
      attention: ['yes', '', '1'],
      from: ['x', '2026-02-30', '26-01-01', ''],
      to: ['x', '2026-13-01', ''],
    };
    for (const operation of ALL.filter(({ query }) => query.length > 0)) {
      const wrong = operation.query.flatMap((name) => {
        const values = WRONG[name];
        if (values === undefined)
          throw new Error(`${nameOf(operation)} takes ${name}: give WRONG values of it`);
        return values.map((value) => `${name}=${encodeURIComponent(value)}`);
      });
      for (const query of [...wrong, 'unknown=1']) {
        const answer = await ask(app, `${pathToNothing(operation)}?${query}`);
        expect([nameOf(operation), query, statusOfProblem(answer)]).toEqual([nameOf(operation), query, 400]);
      }
    }
  });

  test('says 400 for a body of the wrong form, 415 for none of JSON, and does nothing', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    for (const operation of ALL.filter(({ body }) => body !== undefined)) {
      const { method, body } = operation;
      const right = sampleBody(operation);
      const wrong: unknown[] = [null, [], 'x', 1, {}, { ...right, unknown: 1 }];
      for (const name of body?.properties ?? []) {
        for (const value of [null, 1, true, {}, [1]]) wrong.push({ ...right, [name]: value });
      }
      for (const name of body?.required ?? []) wrong.push({ ...right, [name]: undefined });
      for (const sent of wrong) {
        const answer = await ask(app, pathToNothing(operation), { method, body: sent });
        expect([nameOf(operation), sent, statusOfProblem(answer)]).toEqual([nameOf(operation), sent, 400]);
      }
      const raw = async (text: string, type: string) =>
        await fetch(`${app.adminUrl}/api/v1${pathToNothing(operation)}`, {
          method,
          headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': type },
          body: text,
        });
      const statuses = [
        (await raw('{"commandId":', 'application/json')).status,
        (await raw('', 'application/json')).status,
        (await raw('{}', 'text/plain')).status,
        (await raw('commandId=1', 'application/x-www-form-urlencoded')).status,
        (await raw(`"${'x'.repeat(2_000_000)}"`, 'application/json')).status,
      ];
      expect([nameOf(operation), statuses]).toEqual([nameOf(operation), [400, 400, 415, 415, 413]]);
    }
  });

  test('says which methods it takes', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
    for (const path of new Set(ALL.map((operation) => operation.path))) {
      const known = ALL.filter((operation) => operation.path === path);
      const taken = known.map(({ method }) => method);
      const [first] = known;
      for (const method of methods.filter((each) => !taken.includes(each))) {
        const answer = await ask(app, first === undefined ? path : pathToNothing(first), { method });
        expect([path, method, statusOfProblem(answer)]).toEqual([path, method, 405]);
        expect(answer.headers.get('allow')?.split(', ').toSorted()).toEqual(taken.toSorted());
      }
    }
  });
});
