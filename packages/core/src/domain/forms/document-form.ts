import { agentIdSchema, hiringIdSchema } from '../ids.ts';
import type { ParsedHiring } from '../hiring.ts';
import { Fields, KNOWN_TASK_INPUT, readDelivery } from './fields.ts';

/**
 * A hiring as the marketplace shows it: an item of `hiring://pending`, `hiring://{id}`, or the REST
 * detail, each maybe wrapped in `hiring` (Agrenting API reference, 5.2, 7.6 and appendix B).
 */
export function parseDocumentForm(document: unknown): ParsedHiring {
  const outer = Fields.of(document);
  if (outer === undefined) return { kind: 'malformed', problem: 'the hiring is no JSON object' };
  const top = outer.has('hiring') ? outer.nested('hiring') : outer;
  const id = hiringIdSchema.safeParse(top.raw('id') ?? top.raw('hiring_id'));
  if (!id.success) return { kind: 'malformed', problem: 'id is missing or no UUID' };
  const status = top.text('status');
  if (status === undefined) return { kind: 'malformed', hiringId: id.data, problem: 'status is missing' };
  const agent = top.nested('agent');
  const taskInput = top.nested('task_input');
  return {
    kind: 'hiring',
    hiring: {
      hiringId: id.data,
      agentId: agentIdSchema.safeParse(top.raw('agent_id') ?? agent.raw('id')).data,
      status,
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
      deadlineAtMs: top.timeMs('deadline_at'),
      createdAtMs: top.timeMs('created_at'),
      extras: taskInput.others(KNOWN_TASK_INPUT),
      problems: top.problems,
    },
  };
}
