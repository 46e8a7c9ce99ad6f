import { z } from 'zod';

import type { Agent } from '../agents.ts';
import type { FaultKind } from '../fault.ts';
import type { World } from '../world.ts';
import { rpcCodes, rpcError, rpcResult, type RpcAnswer, type RpcRequest } from './json-rpc.ts';
import { readResource, resources, resourceTemplates } from './resources.ts';
import type { McpSession } from './session.ts';
import { isToolName } from './tool-names.ts';
import { toolDefinitions } from './tool-schemas.ts';
import { runTool } from './tools.ts';

const serverInfo = { name: 'agrenting-sandbox', version: '0' };
const capabilities = { tools: {}, resources: { subscribe: true, listChanged: false }, prompts: {} };
const promptName = 'system-prompt';
const promptText =
  'You are an agent on the Agrenting marketplace. Do what the hiring asks, keep the hirer informed with messages, ' +
  'and submit a complete result once, or report the failure with its reason.';

const uriParams = z.object({ uri: z.string().max(500) });
const callParams = z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) });
const promptParams = z.object({ name: z.string() });

/** One answered request, and whether a tool changed something by it. */
export interface Handled {
  answer: RpcAnswer;
  applied: boolean;
}

/** Answers a request of the agent's client (Agrenting API reference, 7.3 to 7.9). */
export function handleRequest(
  world: World,
  agent: Agent,
  session: McpSession,
  request: RpcRequest,
  fault: FaultKind | undefined,
): Handled {
  const { id, method } = request;
  const params = request.params ?? {};
  const unchanged = (answer: RpcAnswer): Handled => ({ answer, applied: false });
  const wrongParams = (): Handled =>
    unchanged(rpcError(id, rpcCodes.invalidParams, `Invalid params for ${method}`));

  if (method === 'ping') return unchanged(rpcResult(id, {}));
  if (method === 'initialize') {
    session.phase = 'initializing';
    return unchanged(rpcResult(id, { protocolVersion: '2024-11-05', capabilities, serverInfo }));
  }
  if (session.phase !== 'ready') {
    return unchanged(rpcError(id, rpcCodes.invalidRequest, 'Session not initialized'));
  }
  switch (method) {
    case 'tools/list': {
      const { tool_schema: variant, tools: offered } = world.switches.of(agent.id);
      const tools = toolDefinitions(variant).filter(({ name }) => offered.includes(name));
      return unchanged(rpcResult(id, { tools }));
    }
    case 'tools/call': {
      const call = callParams.safeParse(params);
      if (!call.success) return wrongParams();
      return callTool(world, agent, request, call.data);
    }
    case 'resources/list':
      return unchanged(rpcResult(id, { resources }));
    case 'resources/templates/list':
      return unchanged(rpcResult(id, { resourceTemplates }));
    case 'resources/read': {
      const read = uriParams.safeParse(params);
      if (!read.success) return wrongParams();
      const { uri } = read.data;
      const text = readResource(world, agent, uri, fault);
      if (text === undefined)
        return unchanged(rpcError(id, rpcCodes.resourceNotFound, `Resource not found: ${uri}`));
      return unchanged(rpcResult(id, { contents: [{ uri, mimeType: 'application/json', text }] }));
    }
    case 'resources/subscribe': {
      const subscribe = uriParams.safeParse(params);
      if (!subscribe.success) return wrongParams();
      if (session.subscriptions.size >= world.limits.maxSubscriptionsPerSession) {
        return unchanged(rpcError(id, rpcCodes.invalidRequest, 'Too many subscriptions'));
      }
      session.subscriptions.add(subscribe.data.uri);
      return unchanged(rpcResult(id, {}));
    }
    case 'resources/unsubscribe': {
      const unsubscribe = uriParams.safeParse(params);
      if (!unsubscribe.success) return wrongParams();
      session.subscriptions.delete(unsubscribe.data.uri);
      return unchanged(rpcResult(id, {}));
    }
    case 'prompts/list':
      return unchanged(rpcResult(id, { prompts: [{ name: promptName, description: 'How to work here' }] }));
    case 'prompts/get': {
      const prompt = promptParams.safeParse(params);
      if (!prompt.success || prompt.data.name !== promptName) return wrongParams();
      const messages = [{ role: 'user', content: { type: 'text', text: promptText } }];
      return unchanged(rpcResult(id, { description: 'How to work here', messages }));
    }
    default:
      return unchanged(rpcError(id, rpcCodes.methodNotFound, `Method not found: ${method}`));
  }
}

/** Takes a notification; unknown ones are ignored. */
export function handleNotification(world: World, session: McpSession, method: string): void {
  const wanted = world.switches.of(session.agentId).initialized;
  const opens =
    (method === 'notifications/initialized' && wanted !== 'legacy') ||
    (method === 'initialized' && wanted !== 'standard');
  if (opens && session.phase === 'initializing') session.phase = 'ready';
}

function callTool(
  world: World,
  agent: Agent,
  request: RpcRequest,
  call: z.output<typeof callParams>,
): Handled {
  const { id } = request;
  if (!isToolName(call.name) || !world.switches.of(agent.id).tools.includes(call.name)) {
    return { answer: rpcError(id, rpcCodes.invalidParams, `Unknown tool: ${call.name}`), applied: false };
  }
  const effect = runTool(world, agent, call.name, call.arguments);
  if (effect.ok) {
    const result = { content: [{ type: 'text', text: effect.value.text }] };
    return { answer: rpcResult(id, result), applied: effect.value.applied };
  }
  const { code, message } = effect.refusal;
  if (world.switches.of(agent.id).tool_error === 'rpc_error') {
    return { answer: rpcError(id, rpcCodes.invalidParams, `${code}: ${message}`), applied: false };
  }
  const result = { content: [{ type: 'text', text: `${code}: ${message}` }], isError: true };
  return { answer: rpcResult(id, result), applied: false };
}
