import { Secret } from '../credentials/secret.ts';
import type { Hiring } from '../hiring/hiring.ts';
import { agentIdSchema, hiringIdSchema, type AgentId } from '../hiring/ids.ts';

/**
 * A hiring of which every field that comes from outside holds a stranger's words, each made by `canary` from the name of its
 * field. A new field of a hiring has to be given here, and so goes through every walk.
 */
export function canaryHiring(
  canary: (field: string) => string,
): Required<Hiring> & { readonly agentId: AgentId } {
  return {
    hiringId: hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000'),
    agentId: agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f'),
    status: canary('status'),
    final: false,
    marker: { dispatchId: canary('dispatch') },
    workerMatrixId: canary('worker'),
    description: canary('description'),
    capability: canary('capability'),
    price: canary('price'),
    deliveryMode: 'push',
    deliveryStated: true,
    repoUrl: `https://host.example/${canary('repository')}`,
    repoToken: new Secret('ghp_0123456789'),
    clientMessage: canary('message'),
    customerId: canary('customer'),
    deadlineAtMs: 1_800_000_000_000,
    createdAtMs: 1_700_000_000_000,
    extras: { [canary('key')]: { [canary('inner-key')]: [canary('value')] }, plain: canary('plain') },
    messages: [{ id: canary('id'), kind: 'message', fromHirer: true, text: canary('said') }],
    problems: [canary('problem')],
  };
}

/** A text without what is in quotation marks that nobody else can close: the rest is the adapter's own. */
export function outsideQuotes(text: string): string {
  return text.replaceAll(/"[^"\n]*"/g, '""');
}
