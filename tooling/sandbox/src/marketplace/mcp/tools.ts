import { z } from 'zod';

import type { Agent } from '../agents.ts';
import type { Operation } from '../fault.ts';
import { accepted, invalid, type Outcome } from '../refusal.ts';
import { ownHiring, reportFailure, submitResult } from '../settlement.ts';
import type { Switches } from '../switches.ts';
import { parseWith } from '../validation.ts';
import type { World } from '../world.ts';
import type { ToolName } from './tool-names.ts';
import { argumentNames } from './tool-schemas.ts';

export const toolOperations: Record<ToolName, Operation> = {
  submit_hiring_result: 'result',
  report_hiring_failure: 'failure',
  add_hiring_message: 'message',
  task_emit_chunk: 'chunk',
};

/** What a tool did: the text it answers with, and whether anything changed. */
export interface ToolEffect {
  text: string;
  applied: boolean;
}

const uuid = z.uuid('must be a UUID');
const outputs: Record<Switches['tool_schema'], z.ZodType> = {
  documented: z.union([z.string(), z.record(z.string(), z.unknown())], 'must be a string or an object'),
  renamed: z.union([z.string(), z.record(z.string(), z.unknown())], 'must be a string or an object'),
  string_output: z.string(),
  object_output: z.record(z.string(), z.unknown()),
};

/** Runs a tool of the agent (Agrenting API reference, 7.5). Its text is JSON; the real one's is not known. */
export function runTool(
  world: World,
  agent: Agent,
  name: ToolName,
  rawArguments: Record<string, unknown>,
): Outcome<ToolEffect> {
  const variant = world.switches.of(agent.id).tool_schema;
  const names = argumentNames(variant);
  switch (name) {
    case 'submit_hiring_result': {
      const schema = z.object({ hiring_id: uuid, [names.output]: outputs[variant] });
      const parsed = parseWith(schema, rawArguments);
      if (!parsed.ok) return parsed;
      const output = parsed.value[names.output];
      if (output === undefined) return invalid({ [names.output]: ["can't be blank"] });
      return told(submitResult(world, agent, String(parsed.value['hiring_id']), output));
    }
    case 'report_hiring_failure': {
      const reason = z.string().min(1).max(5_000);
      const schema = z.object({ hiring_id: uuid, [names.reason]: reason, error: reason.optional() });
      const parsed = parseWith(schema, rawArguments);
      if (!parsed.ok) return parsed;
      const { hiring_id: hiringId, error } = parsed.value;
      const failure = { reason: parsed.value[names.reason], error: error === undefined ? undefined : error };
      return told(reportFailure(world, agent, String(hiringId), failure));
    }
    case 'add_hiring_message': {
      const schema = z.object({ hiring_id: uuid, [names.content]: z.string().min(1).max(5_000) });
      const parsed = parseWith(schema, rawArguments);
      if (!parsed.ok) return parsed;
      const hiring = ownHiring(world, agent, String(parsed.value['hiring_id']));
      if (!hiring.ok) return hiring;
      const content = String(parsed.value[names.content]);
      const sender = { senderType: 'agent', senderId: agent.id, senderName: agent.name } as const;
      const message = { content, kind: 'message', replyToId: null } as const;
      const said = world.hirings.addMessage(hiring.value, sender, message);
      if (!said.ok) return said;
      return accepted({ text: JSON.stringify({ message_id: said.value.id }), applied: true });
    }
    case 'task_emit_chunk': {
      const schema = z.object({
        task_id: uuid,
        content: z.string().max(100_000),
        kind: z.string().optional(),
      });
      const parsed = parseWith(schema, rawArguments);
      if (!parsed.ok) return parsed;
      const hiring = ownHiring(world, agent, parsed.value.task_id);
      if (!hiring.ok) return hiring;
      const emitted = world.hirings.addChunk(hiring.value, parsed.value.content, parsed.value.kind ?? null);
      if (!emitted.ok) return emitted;
      return accepted({ text: JSON.stringify({ seq: emitted.value }), applied: true });
    }
  }
}

function told(settled: ReturnType<typeof submitResult>): Outcome<ToolEffect> {
  if (!settled.ok) return settled;
  const { hiring, applied } = settled.value;
  return accepted({ text: JSON.stringify({ hiring_id: hiring.id, status: hiring.status }), applied });
}
