import { z } from 'zod';
import type { HiringMessage } from '../worker-messages/conversation.ts';
import { agentIdSchema, type AgentId, hiringIdSchema } from '../hiring/ids.ts';
import { spelledStatus, type ParsedHiring } from '../hiring/hiring.ts';
import { Fields, KNOWN_TASK_INPUT, readDelivery } from './fields.ts';

/**
 * A hiring as the marketplace shows it: an item of `hiring://pending`, `hiring://{id}`, or the REST
 * detail, each maybe wrapped in `hiring` (Agrenting API reference, 5.2, 7.6 and appendix B).
 */
export function parseDocumentForm(document: unknown): ParsedHiring {
  const outer = Fields.of(document);
  if (outer === undefined) return { kind: 'malformed', problem: 'the hiring is not a JSON object' };
  const top = outer.has('hiring') ? outer.nested('hiring') : outer;
  const id = hiringIdSchema.safeParse(top.raw('id') ?? top.raw('hiring_id'));
  if (!id.success) return { kind: 'malformed', problem: 'id is missing or not a UUID' };
  const status = top.text('status');
  if (status === undefined) return { kind: 'malformed', hiringId: id.data, problem: 'status is missing' };
  const agent = top.nested('agent');
  const taskInput = top.nested('task_input');
  const agentId = agentIdSchema.safeParse(top.raw('agent_id') ?? agent.raw('id')).data;
  return {
    kind: 'hiring',
    hiring: {
      hiringId: id.data,
      agentId,
      status: spelledStatus(status),
      final: top.flag('final'),
      marker: { traceAttempt: top.count('trace_attempt'), dispatchId: top.text('dispatch_id') },
      workerMatrixId: top.text('worker_matrix_id') ?? agent.nested('metadata').text('worker_matrix_id'),
      description: top.text('task_description') ?? top.nested('task').text('description') ?? '',
      capability: top.text('capability_requested') ?? top.text('capability'),
      price: top.text('price'),
      ...readDelivery(top, taskInput),
      clientMessage: top.text('client_message'),
      // `client_agent_id` is another identity than the webhook's `customer_id`: never mixed.
      customerId: undefined,
      deadlineAtMs: top.deadlineMs('deadline_at'),
      createdAtMs: top.timeMs('created_at'),
      extras: taskInput.others(KNOWN_TASK_INPUT),
      ...readMessages(top.raw('messages'), agentId),
      problems: top.problems,
    },
  };
}

const message = z.object({
  id: z.union([z.string().min(1).max(200), z.number().transform(String)]),
  content: z.string(),
  kind: z.enum(['message', 'question', 'answer']).catch('message'),
  sender_type: z.string().nullish().catch(undefined),
  sender_agent_id: z.string().nullish().catch(undefined),
});

/** Who speaks for the provider, in the words that are known; anybody else is the hirer. */
const OUR_SIDE: ReadonlySet<string> = new Set(['agent', 'provider', 'worker', 'system']);

/** What was said about the hiring, as far as it can be read (Agrenting API reference, 5.2). */
function readMessages(
  list: unknown,
  agentId: AgentId | undefined,
): { readonly messages?: readonly HiringMessage[] } {
  const items = z.array(z.unknown()).safeParse(list).data;
  if (items === undefined) return {};
  const messages = items.flatMap((item) => {
    const parsed = message.safeParse(item).data;
    if (parsed === undefined) return [];
    const { id, content, kind, sender_type: type, sender_agent_id: sender } = parsed;
    // Hirers may be agents, too.
    const isOurs =
      typeof sender === 'string' && agentId !== undefined
        ? sender.toLowerCase() === agentId
        : OUR_SIDE.has(type?.toLowerCase() ?? '');
    return [{ id, kind, fromHirer: !isOurs, text: content }];
  });
  return { messages };
}
