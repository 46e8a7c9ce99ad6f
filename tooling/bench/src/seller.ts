/** Who sells in the benchmarks: agents and workers by number, one worker for each agent. */

const START = '2026-11-26T10:00:00Z';

export const OUR_USER = '@agrenting:bench';

export function agentIdOf(agent: number): string {
  return `4816cd2a-e54a-4e6b-8fa1-${agent.toString(16).padStart(12, '0')}`;
}

export function workerOf(agent: number) {
  const name = `worker-${agent.toString().padStart(5, '0')}`;
  return { name, userId: `@${name}:bench`, roomId: `!room-${name}:bench` };
}

/** An id for hiring `number` of batch `batch`. */
export function hiringIdOf(batch: number, number: number): string {
  return `550e8400-e29b-41d4-${(0x8000 + batch).toString(16)}-${number.toString(16).padStart(12, '0')}`;
}

/** A hiring as the marketplace shows it (Agrenting API reference, 5.2), of a size that tasks have. */
export function hiringDocument(id: string, agentId: string) {
  return {
    id,
    agent_id: agentId,
    status: 'in_progress',
    price: '10.00',
    capability_requested: 'writing',
    task_description: `Write a note about escrow for newcomers, in plain words. ${'Mind the house style. '.repeat(30)}`,
    client_message: 'Thank you!',
    delivery_mode: 'output',
    trace_attempt: 1,
    created_at: new Date().toISOString(),
    started_at: START,
    deadline_at: new Date(Date.now() + 24 * 3_600_000).toISOString(),
  };
}
