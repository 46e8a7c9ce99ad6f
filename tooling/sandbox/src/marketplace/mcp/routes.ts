import { Hono } from 'hono';

import type { Agent } from '../agents.ts';
import {
  alreadySent,
  callingAgent,
  jsonBody,
  plain,
  refuse,
  type HttpContext,
  type HttpEnvironment,
} from '../http/context.ts';
import { frame, rateHeaders, type Intent } from '../http/frame.ts';
import { losesAnswer, corruptedText, wrongContentType } from '../http/corrupt.ts';
import { refused } from '../refusal.ts';
import type { World } from '../world.ts';
import { pendingUri } from './announce.ts';
import { classify, rpcCodes, rpcError, type Inbound, type RpcAnswer } from './json-rpc.ts';
import { handleNotification, handleRequest } from './rpc.ts';
import type { McpSession } from './session.ts';
import { isToolName } from './tool-names.ts';
import { toolOperations } from './tools.ts';

/** The agent's MCP server over HTTP and server-sent events (Agrenting API reference, 7.1). */
export function mcpRoutes(world: World): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();
  const opening = frame(world, { via: 'mcp', intentOf: () => ({ operation: 'mcp_open', hiringId: null }) });
  app.get('/sse', opening, (c) => openStream(world, c));
  app.post('/messages/:session_id', frame(world, { via: 'mcp', intentOf }), (c) => takeMessages(world, c));
  return app;
}

function openStream(world: World, c: HttpContext): Response {
  const caller = callingAgent(c);
  if (!caller.ok) return refuse(world, c, caller.refusal);
  const agent = caller.value;
  const allowed = world.sessions.mayOpen(agent.id);
  if (!allowed.ok) return refuse(world, c, allowed.refusal);
  // Hono runs GET handlers for HEAD too, and a stream without a body would be a session that nobody hears.
  if (c.env.incoming.method === 'HEAD') return new Response(null, { status: 405, headers: { allow: 'GET' } });
  const { outgoing } = c.env;
  outgoing.writeHead(200, {
    'content-type': c.get('fault')?.kind === 'wrong_content_type' ? wrongContentType : 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    connection: 'keep-alive',
    ...rateHeaders(c.get('allowance') ?? { limit: 0, remaining: 0 }),
  });
  outgoing.flushHeaders();
  const session = world.sessions.open(agent.id, outgoing);
  session.endpoint(endpointUrl(world, agent, session));
  return alreadySent();
}

function endpointUrl(world: World, agent: Agent, session: McpSession): string {
  const path = `/mcp/messages/${session.id}`;
  switch (world.switches.of(agent.id).endpoint_url) {
    case 'relative':
      return path;
    case 'absolute':
      return `${world.origin()}${path}`;
    case 'foreign':
      return `https://agrenting.com${path}`;
  }
}

function takeMessages(world: World, c: HttpContext): Response {
  const caller = callingAgent(c);
  if (!caller.ok) return refuse(world, c, caller.refusal);
  const agent = caller.value;
  const body = jsonBody(c);
  if (!body.ok) return plain(rpcError(null, rpcCodes.parseError, 'Parse error'), 400);
  const batch = Array.isArray(body.value);
  const values: unknown[] = Array.isArray(body.value) ? body.value : [body.value];
  const messages = values.map((value) => classify(value));

  const session = world.sessions.takingMessages(c.req.param('session_id') ?? '', agent.id);
  if (session === undefined) return sessionIsOver(world, c, agent, messages);
  world.agents.seen(agent);

  const answers: RpcAnswer[] = [];
  for (const message of messages) {
    switch (message.kind) {
      case 'request': {
        const { answer, applied } = handleRequest(
          world,
          agent,
          session,
          message.message,
          c.get('fault')?.kind,
        );
        answers.push(answer);
        const recorded = c.get('recorded');
        if (recorded !== undefined && applied) recorded.applied = true;
        break;
      }
      case 'notification':
        handleNotification(world, session, message.message.method);
        break;
      case 'response':
        session.answered(message.message.id, message.message.result !== undefined);
        break;
      case 'invalid':
        answers.push(rpcError(null, rpcCodes.invalidRequest, 'Invalid Request'));
        break;
    }
  }
  return deliver(world, c, session, answers, batch);
}

/** Sends the answers the way this agent gets them (Agrenting API reference, 7.2). */
function deliver(
  world: World,
  c: HttpContext,
  session: McpSession,
  answers: RpcAnswer[],
  batch: boolean,
): Response {
  const channel = world.switches.of(session.agentId).rpc_channel;
  const fault = c.get('fault');
  if (channel !== 'body' && !losesAnswer(fault)) {
    for (const answer of answers)
      session.answer(corruptedText(fault, JSON.stringify(answer)), c.get('operation'));
  }
  if (channel === 'body-empty-object') return plain({});
  const [first] = answers;
  if (channel === 'sse' || first === undefined) return new Response('Accepted', { status: 202 });
  return plain(batch ? answers : first);
}

function sessionIsOver(world: World, c: HttpContext, agent: Agent, messages: Inbound[]): Response {
  const form = world.switches.of(agent.id).session_error;
  const words = 'Session not found or expired';
  switch (form) {
    case '404':
      return refuse(world, c, refused(404, 'NOT_FOUND', words).refusal);
    case '410':
      return refuse(world, c, refused(410, 'GONE', words).refusal);
    case '401':
      return refuse(world, c, refused(401, 'UNAUTHORIZED', words).refusal);
    case 'rpc_error': {
      const request = messages.find((message) => message.kind === 'request');
      return plain(rpcError(request?.message.id ?? null, rpcCodes.invalidRequest, words));
    }
  }
}

/** Tool calls and reads are known by what they do, so that the request log and faults see both doors alike. */
function intentOf(c: HttpContext): Intent {
  const other: Intent = { operation: 'mcp_message', hiringId: null };
  const body = jsonBody(c);
  if (!body.ok) return other;
  const message = classify(body.value);
  if (message.kind !== 'request') return other;
  if (message.message.method === 'resources/read') return readingIntent(message.message.params?.['uri']);
  if (message.message.method !== 'tools/call') return other;
  const { name, arguments: values } = message.message.params ?? {};
  if (!isToolName(name)) return other;
  const named = typeof values === 'object' && values !== null ? { ...values } : {};
  const hiringId: unknown =
    'hiring_id' in named ? named.hiring_id : 'task_id' in named ? named.task_id : null;
  return { operation: toolOperations[name], hiringId: typeof hiringId === 'string' ? hiringId : null };
}

function readingIntent(uri: unknown): Intent {
  if (uri === pendingUri) return { operation: 'pending', hiringId: null };
  const hiringId = typeof uri === 'string' ? uri.slice('hiring://'.length) : null;
  return { operation: 'hiring_read', hiringId };
}
