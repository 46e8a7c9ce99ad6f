import type { Fault, FaultKind } from '../fault.ts';
import { classify, rpcCodes, rpcError, type RpcRequest } from '../mcp/json-rpc.ts';
import { refused } from '../refusal.ts';
import type { World } from '../world.ts';
import { alreadySent, jsonBody, plain, rateLimited, refuse, type HttpContext } from './context.ts';

export const wrongContentType = 'application/octet-stream';
const html = '<!doctype html><html><head><title>Agrenting</title></head><body>Just a moment...</body></html>';

const losing = new Set<FaultKind | undefined>([
  'error_after_apply',
  'connection_lost_after_apply',
  'connection_lost_in_answer',
  'silence_after_apply',
]);

/** Whether nothing of the answer may arrive, on no channel. */
export function losesAnswer(fault: Fault | undefined): boolean {
  return losing.has(fault?.kind);
}

const textEffects: Partial<Record<FaultKind, (text: string, fault: Fault) => string>> = {
  truncated_json: (text) => text.slice(0, Math.floor(text.length / 2)),
  html_answer: () => html,
  empty_answer: () => '',
  large_answer: (text, { bytes }) => text + ' '.repeat(bytes),
};

function htmlPage(status: number): Response {
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

/** The text that comes in place of an answer's own. */
export function corruptedText(fault: Fault | undefined, text: string): string {
  const effect = fault === undefined ? undefined : textEffects[fault.kind];
  return fault === undefined || effect === undefined ? text : effect(text, fault);
}

/** Answers what was done in the way of the fault; any other fault leaves the answer as it is. */
export async function corrupt(
  world: World,
  c: HttpContext,
  fault: Fault,
  answer: Response,
): Promise<Response> {
  const { kind } = fault;
  if (kind === 'error_after_apply') return serverError(world, c, fault.status);
  if (kind === 'connection_lost_after_apply') return loseConnection(c);
  if (kind === 'connection_lost_in_answer') return breakOff(c, answer);
  if (kind === 'silence_after_apply') return keepSilent(world, c, fault.seconds);
  if (kind === 'wrong_content_type') {
    const headers = new Headers(answer.headers);
    headers.set('content-type', wrongContentType);
    return new Response(answer.body, { status: answer.status, headers });
  }
  // A 202 announces that the answer comes over the stream: it is corrupted there.
  if (textEffects[kind] === undefined || answer.status === 202) return answer;
  if (kind === 'html_answer') return htmlPage(200);
  if (kind === 'empty_answer') return new Response(null);
  return new Response(corruptedText(fault, await answer.text()), {
    status: answer.status,
    headers: answer.headers,
  });
}

/** Ends the request before anything was done, if the fault is of that kind. */
export async function preempt(world: World, c: HttpContext, fault: Fault): Promise<Response | undefined> {
  const { kind } = fault;
  if (kind === 'rate_limit') return refuse(world, c, rateLimited(fault.seconds).refusal);
  if (kind === 'error_before_apply') return serverError(world, c, fault.status);
  if (kind === 'connection_lost_before_apply') return resetConnection(c);
  if (kind === 'silence_before_apply') return keepSilent(world, c, fault.seconds);
  if (kind === 'page_before_apply') return htmlPage(fault.status);
  if (kind === 'empty_before_apply') return new Response(null, { status: fault.status });
  if (kind === 'json_before_apply') return plain({ status: 'ok', service: 'portal' }, fault.status);
  if (kind === 'redirect_before_apply') {
    return new Response(null, { status: fault.status, headers: { location: 'http://login.invalid/' } });
  }
  if (kind === 'route_missing') return missingRoute(world, c, fault.status);
  // An open stream cannot be answered any more: the page comes in its place.
  const page = kind === 'html_answer' || kind === 'empty_answer';
  if (page && c.get('operation') === 'mcp_open') return corrupt(world, c, fault, new Response());
  return undefined;
}

const routeErrors: Readonly<Record<number, readonly [string, string]>> = {
  404: ['ROUTE_NOT_FOUND', 'No such route'],
  405: ['METHOD_NOT_ALLOWED', 'Method not allowed'],
  410: ['GONE', 'This version was retired'],
  501: ['NOT_IMPLEMENTED', 'Not implemented'],
};

/** Over MCP the route is there for everything else: it is the tool that is unknown. */
function missingRoute(world: World, c: HttpContext, status: number): Response {
  const request = rpcRequestOf(c);
  if (request !== undefined) {
    return plain(rpcError(request.id, rpcCodes.methodNotFound, 'Unknown tool or resource'));
  }
  const [code, message] = routeErrors[status] ?? ['ROUTE_NOT_FOUND', 'No such route'];
  return refuse(world, c, refused(status, code, message).refusal);
}

function rpcRequestOf(c: HttpContext): RpcRequest | undefined {
  const body = jsonBody(c);
  const message = body.ok ? classify(body.value) : undefined;
  return message?.kind === 'request' ? message.message : undefined;
}

export function serverError(world: World, c: HttpContext, status: number): Response {
  return refuse(world, c, refused(status, 'INTERNAL_ERROR', 'Something went wrong').refusal);
}

function loseConnection(c: HttpContext): Response {
  c.env.outgoing.destroy();
  return alreadySent();
}

/** Resets the connection (RST). */
function resetConnection(c: HttpContext): Response {
  c.env.outgoing.socket?.resetAndDestroy();
  c.env.outgoing.destroy();
  return alreadySent();
}

/** Says nothing until the time is over or the client has gone, then ends the connection. */
async function keepSilent(world: World, c: HttpContext, seconds: number): Promise<Response> {
  const { outgoing } = c.env;
  await new Promise<void>((resolve) => {
    const cancel = world.clock.after(seconds * 1_000, resolve);
    outgoing.once('close', () => {
      cancel();
      resolve();
    });
  });
  outgoing.destroy();
  return alreadySent();
}

/** Promises the whole answer, sends its first half and breaks the connection. */
async function breakOff(c: HttpContext, answer: Response): Promise<Response> {
  const { outgoing } = c.env;
  const bytes = Buffer.from(await answer.arrayBuffer());
  outgoing.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'text/plain',
    'content-length': bytes.length,
  });
  await new Promise<void>((resolve) => {
    outgoing.once('close', resolve);
    outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy());
  });
  return alreadySent();
}
