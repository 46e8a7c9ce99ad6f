import { agentIdSchema, hiringIdSchema } from '../hiring/ids.ts';
import type { ParsedHiring } from '../hiring/hiring.ts';
import { Fields, KNOWN_TASK_INPUT, readDelivery } from './fields.ts';

/**
 * A hiring from a webhook dispatch (Agrenting API reference, 8.1). Only `hiring_id` is needed to
 * keep it; the confirming read fills the rest. The implied status is `in_progress`.
 */
export function parseWebhookForm(document: unknown): ParsedHiring {
  const top = Fields.of(document);
  if (top === undefined) return { kind: 'malformed', problem: 'the body is not a JSON object' };
  const id = hiringIdSchema.safeParse(top.raw('hiring_id'));
  if (!id.success) return { kind: 'malformed', problem: 'hiring_id is missing or not a UUID' };
  const taskInput = top.nested('task_input');
  return {
    kind: 'hiring',
    hiring: {
      hiringId: id.data,
      agentId: agentIdSchema.safeParse(top.raw('agent_id')).data,
      status: 'in_progress',
      // A dispatch is not documented to name its attempt; the confirming read does.
      marker: {},
      workerMatrixId: top.text('worker_matrix_id'),
      description: top.nested('task').text('description') ?? '',
      capability: top.text('capability') ?? top.text('capability_requested'),
      price: top.text('price'),
      ...readDelivery(top, taskInput),
      clientMessage: top.text('client_message'),
      customerId: top.text('customer_id'),
      deadlineAtMs: top.deadlineMs('deadline_at'),
      createdAtMs: top.timeMs('timestamp'),
      extras: taskInput.others(KNOWN_TASK_INPUT),
      problems: top.problems,
    },
  };
}
