import { createHash } from 'node:crypto';

import type { Agent } from './agents.ts';
import type { FaultKind } from './fault.ts';

export const malformations = ['no_id', 'no_status', 'wrong_types', 'string'] as const;

type Malformation = (typeof malformations)[number];

/**
 * Items of the pending list that are no hirings, for a client that must not lose the others by them (Agrenting API
 * reference, 7.6). Their ids are the same at every read, and no hiring has them. The
 * fault gives all of them.
 */
export function malformedItems(
  agent: Agent,
  switchedOn: readonly Malformation[],
  fault: FaultKind | undefined,
): unknown[] {
  const kinds = fault === 'malformed_items' ? malformations : switchedOn;
  return kinds.map((kind) => malformedItem(agent, kind));
}

function malformedItem(agent: Agent, kind: Malformation): unknown {
  const id = stableId(`${agent.id} ${kind}`);
  const status = 'in_progress';
  const description = `Malformed: ${kind}`;
  const others = {
    task_description: description,
    capability_requested: agent.capabilities[0] ?? '',
    price: '1.00',
    client_message: null,
    deadline_at: null,
    created_at: agent.createdAt,
    task_input: {},
  };
  switch (kind) {
    case 'no_id':
      return { status, ...others };
    case 'no_status':
      return { id, ...others };
    case 'wrong_types':
      return {
        id,
        status: [status],
        task_description: { text: description },
        capability_requested: 7,
        price: 1,
        client_message: false,
        deadline_at: 0,
        created_at: null,
        task_input: 'none',
      };
    case 'string':
      return 'nonsense';
  }
}

function stableId(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
