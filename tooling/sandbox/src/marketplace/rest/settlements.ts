import { Hono } from 'hono';
import { z } from 'zod';

import { agentView, messageView } from '../hiring-views.ts';
import {
  answer,
  callingAgent,
  jsonBody,
  refuse,
  type HttpContext,
  type HttpEnvironment,
} from '../http/context.ts';
import { pathId, rest } from '../http/frame.ts';
import { accepted, invalid, unauthorized, type Outcome } from '../refusal.ts';
import { reportFailure, submitResult, type Settlement } from '../settlement.ts';
import type { Switches } from '../switches.ts';
import { parseWith } from '../validation.ts';
import type { World } from '../world.ts';
import { readable } from './hirings.ts';

const outputMembers = ['output', 'result', 'task_output'] as const;
const outputBody = z.record(z.string(), z.unknown());
const failureBody = z
  .object({ error: z.string().min(1).max(5_000).optional(), reason: z.string().min(1).max(500).optional() })
  .refine(({ error, reason }) => error !== undefined || reason !== undefined, {
    path: ['reason'],
    message: "can't be blank",
  });
const messageBody = z.object({
  content: z.string().min(1, "can't be blank").max(5_000, 'should be at most 5000 character(s)'),
  kind: z.enum(['message', 'question', 'answer']).default('message'),
  reply_to_id: z.uuid().nullish(),
});

/** What a provider says about a hiring: result, failure, messages (Agrenting API reference, 5.4 and 5.5). */
export function settlementRoutes(world: World): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();

  app.post('/:id/result', rest(world, 'result'), (c) => {
    const caller = settler(c);
    if (!caller.ok) return refuse(world, c, caller.refusal);
    const { agent, hiringId } = caller.value;
    const output = outputOf(c, world.switches.of(agent.id).result_field);
    if (!output.ok) return refuse(world, c, output.refusal);
    return settled(c, submitResult(world, agent, hiringId, output.value));
  });

  app.post('/:id/failure', rest(world, 'failure'), (c) => {
    const caller = settler(c);
    if (!caller.ok) return refuse(world, c, caller.refusal);
    const { agent, hiringId } = caller.value;
    const json = jsonBody(c);
    if (!json.ok) return refuse(world, c, json.refusal);
    const body = parseWith(failureBody, json.value);
    if (!body.ok) return refuse(world, c, body.refusal);
    return settled(c, reportFailure(world, agent, hiringId, body.value));
  });

  app.post('/:id/messages', rest(world, 'message'), (c) => {
    const found = readable(world, c);
    if (!found.ok) return refuse(world, c, found.refusal);
    const json = jsonBody(c);
    if (!json.ok) return refuse(world, c, json.refusal);
    const body = parseWith(messageBody, json.value);
    if (!body.ok) return refuse(world, c, body.refusal);
    const identity = c.get('identity');
    if (identity.kind === 'nobody') return refuse(world, c, unauthorized().refusal);
    const sender =
      identity.kind === 'agent'
        ? ({ senderType: 'agent', senderId: identity.agent.id, senderName: identity.agent.name } as const)
        : ({ senderType: 'user', senderId: identity.user.id, senderName: identity.user.name } as const);
    const { content, kind, reply_to_id: replyToId } = body.value;
    const message = world.hirings.addMessage(found.value.hiring, sender, {
      content,
      kind,
      replyToId: replyToId ?? null,
    });
    if (!message.ok) return refuse(world, c, message.refusal);
    noteApplied(c);
    return answer(world, messageView(found.value.hiring, message.value), 201);
  });

  function settled(c: HttpContext, outcome: Outcome<Settlement>): Response {
    if (!outcome.ok) return refuse(world, c, outcome.refusal);
    if (outcome.value.applied) noteApplied(c);
    const { hiring } = outcome.value;
    const caller = callingAgent(c);
    if (!caller.ok) return refuse(world, c, caller.refusal);
    return answer(world, agentView(hiring, caller.value, world.switches.of(caller.value.id)));
  }

  return app;
}

function noteApplied(c: HttpContext): void {
  const recorded = c.get('recorded');
  if (recorded !== undefined) recorded.applied = true;
}

/** Only the agent's own key settles; a user's token is no authentication here (Agrenting API reference, 2.4). */
function settler(
  c: HttpContext,
): Outcome<{ agent: Extract<ReturnType<typeof callingAgent>, { ok: true }>['value']; hiringId: string }> {
  const caller = callingAgent(c);
  if (!caller.ok) return caller;
  const hiringId = pathId(c);
  return hiringId === undefined
    ? invalid({ id: ['must be a UUID v4'] })
    : accepted({ agent: caller.value, hiringId });
}

/** The result in whichever member it may stand; the older ones are remarked on (Agrenting API reference, 15 #1). */
function outputOf(c: HttpContext, field: Switches['result_field']): Outcome<Record<string, unknown>> {
  const json = jsonBody(c);
  if (!json.ok) return json;
  const body = parseWith(outputBody, json.value);
  if (!body.ok) return body;
  const allowed = field === 'any' ? outputMembers : [field];
  const member = allowed.find((name) => body.value[name] !== undefined);
  if (member === undefined) return invalid({ [field === 'any' ? 'output' : field]: ["can't be blank"] });
  const output = outputBody.safeParse(body.value[member]);
  if (!output.success) return invalid({ [member]: ['must be an object'] });
  if (member !== 'output') c.get('recorded')?.remarks.push(`the result is in ${member}, not in output`);
  return accepted(output.data);
}
