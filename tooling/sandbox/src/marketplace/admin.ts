import { Hono, type Context } from 'hono';
import { z } from 'zod';

import { chaosSchema } from './chaos.ts';
import { newAgentSchema, newHireSchema, newUserSchema, resolutionSchema } from './control-input.ts';
import type { MarketplaceControl } from './control.ts';
import { faultSchema } from './fault.ts';
import { readBody } from './http/body.ts';
import { plain, type HttpEnvironment } from './http/context.ts';
import { isLoopback } from './loopback.ts';
import { forbidden, notFound, refused, RefusedError, valueOf, type Refusal } from './refusal.ts';
import { switchChangeSchema } from './switches.ts';
import { parseWith } from './validation.ts';

type AdminContext = Context<HttpEnvironment>;

const depositBody = z.strictObject({ amount: z.string() });
const retryBody = z.strictObject({ reason: z.string().optional() });
const messageBody = z.strictObject({ content: z.string(), replyToId: z.string().optional() });

/**
 * The sandbox's own API, `/sandbox/...`: plain JSON, no credentials, from the machine itself only, since it makes money
 * and shows tokens. Every route is one call of the in-process control.
 */
export function adminRoutes(control: MarketplaceControl, maxBodyBytes: number): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();

  app.use(async (c, next) => {
    const address = c.env.incoming.socket.remoteAddress ?? '';
    if (!isLoopback(address)) return failed(forbidden('The admin API answers loopback only').refusal);
    await next();
    return undefined;
  });
  app.onError((error) => {
    if (error instanceof RefusedError) return failed(error.refusal);
    throw error;
  });

  app.post('/users', async (c) => plain(control.createUser(await read(c, newUserSchema)), 201));
  app.get('/users', () => plain(control.users()));
  app.post('/users/:id/deposit', async (c) => {
    control.deposit(c.req.param('id'), (await read(c, depositBody)).amount);
    return plain(control.ledger.balance(c.req.param('id')));
  });

  app.post('/agents', async (c) => plain(control.registerAgent(await read(c, newAgentSchema)), 201));
  app.get('/agents', () => plain(control.agents()));

  app.get('/switches', () => plain(control.switches.get()));
  app.patch('/switches', async (c) => plain(control.switches.setDefaults(await read(c, switchChangeSchema))));
  app.get('/agents/:id/switches', (c) => plain(control.switches.get(c.req.param('id'))));
  app.patch('/agents/:id/switches', async (c) =>
    plain(control.switches.set(c.req.param('id'), await read(c, switchChangeSchema))),
  );
  app.delete('/agents/:id/switches', (c) => plain(control.switches.reset(c.req.param('id'))));

  app.post('/hirings', async (c) => plain(control.hire(await read(c, newHireSchema)), 201));
  app.get('/hirings', (c) => {
    const { agent_id: agentId, hirer_id: hirerId, status } = c.req.query();
    return plain(control.hirings.list({ agentId, hirerId, status }));
  });
  app.get('/hirings/:id', (c) => {
    const hiring = control.hirings.get(c.req.param('id'));
    return hiring === undefined ? failed(notFound('Hiring').refusal) : plain(hiring);
  });
  app.post('/hirings/:id/retry', async (c) =>
    plain(control.retry(c.req.param('id'), (await read(c, retryBody)).reason)),
  );
  app.post('/hirings/:id/cancel', (c) => plain(control.cancel(c.req.param('id'))));
  app.post('/hirings/:id/dispute', (c) => plain(control.dispute(c.req.param('id'))));
  app.post('/hirings/:id/resolve', async (c) =>
    plain(control.resolveDispute(c.req.param('id'), await read(c, resolutionSchema))),
  );
  app.post('/hirings/:id/dispatch', async (c) => plain(await control.dispatch(c.req.param('id'))));
  app.post('/hirings/:id/messages', async (c) => {
    const { content, replyToId } = await read(c, messageBody);
    return plain(control.say(c.req.param('id'), content, replyToId), 201);
  });

  app.get('/ledger', () => plain({ ...control.ledger.audit(), entries: control.ledger.entries() }));

  app.get('/sessions', (c) => plain(control.sessions.list(c.req.query('agent_id'))));
  app.delete('/sessions', (c) => plain({ dropped: control.sessions.drop(c.req.query('agent_id')) }));
  app.delete('/sessions/:id', (c) => plain({ dropped: control.sessions.dropOne(c.req.param('id')) ? 1 : 0 }));

  app.post('/faults', async (c) => plain(control.faults.add(await read(c, faultSchema)), 201));
  app.get('/faults', () => plain(control.faults.list()));
  app.delete('/faults', () => {
    control.faults.clear();
    return plain({});
  });

  app.post('/chaos', async (c) => plain(control.startChaos(await read(c, chaosSchema)).report(), 201));
  app.get('/chaos', () => {
    const run = control.chaos();
    return run === undefined ? failed(notFound('Chaos').refusal) : plain(run.report());
  });
  app.delete('/chaos', () => {
    const run = control.chaos();
    return run === undefined ? failed(notFound('Chaos').refusal) : plain(run.stop());
  });

  app.get('/requests', (c) => {
    const { hiring_id: hiringId, agent_id: agentId, operation } = c.req.query();
    return plain(control.requests.list({ hiringId, agentId, operation }));
  });
  app.delete('/requests', () => {
    control.requests.clear();
    return plain({});
  });

  app.get('/webhooks', (c) => plain(control.webhooks.list(c.req.query('hiring_id'))));
  app.delete('/webhooks', () => {
    control.webhooks.clear();
    return plain({});
  });

  app.all('*', () => failed(notFound('Route').refusal));

  async function read<Schema extends z.ZodType>(c: AdminContext, schema: Schema): Promise<z.output<Schema>> {
    const bytes = valueOf(await readBody(c.req.raw, maxBodyBytes));
    const text = new TextDecoder().decode(bytes);
    return valueOf(parseWith(schema, text.trim() === '' ? {} : parseJson(text)));
  }

  return app;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return valueOf(refused(400, 'BAD_REQUEST', 'The body is not valid JSON'));
  }
}

function failed({ status, code, message, details }: Refusal): Response {
  return plain({ error: { code, message, details } }, status);
}
