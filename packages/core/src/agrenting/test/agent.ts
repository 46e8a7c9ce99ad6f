import { agentIdSchema, hiringIdSchema, Secret } from '../../domain/index.ts';

/** Has the three characters of base64 that break careless encoding. */
export const AGENT_KEY = 'q1W+e2R/t3Y+u4I/o5P+a6S/d7F+g8H/j9K+l0Z/x1C=';
export const AGENT_ID = agentIdSchema.parse('11111111-2222-4333-8444-555555555555');
export const HIRING_ID = hiringIdSchema.parse('0b7e4a52-3f0f-4d0e-9c61-4a1e9d53d5d9');
export const OTHER_HIRING_ID = hiringIdSchema.parse('99999999-8888-4777-8666-555555555555');

export function agentKey(): Secret {
  return new Secret(AGENT_KEY);
}

/** A hiring as the marketplace shows it (Agrenting API reference, appendix A). */
export function hiringDocument(id: string = HIRING_ID): Record<string, unknown> {
  return {
    id,
    status: 'in_progress',
    task_description: 'Say hello in Grüezi 🙂',
    capability_requested: 'coding',
    price: '12.50',
    task_input: { delivery_mode: 'output' },
    created_at: '2026-11-23T10:00:00Z',
  };
}
