import { z } from 'zod';
import type { AgentId, Secret } from '../domain/index.ts';
import type { Answer } from './answer.ts';
import type { RestClient } from './rest-client.ts';

export type ListingStatus = 'active' | 'inactive';

export type StatusOutcome =
  /** A read after the change shows it. */
  { readonly kind: 'set' } | { readonly kind: 'not_set'; readonly problem: string };

const listing = z.looseObject({ status: z.string() });
const shown = z.union([z.object({ agent: listing }).transform(({ agent }) => agent), listing]);

/**
 * Sets whether an agent is offered (Agrenting API reference, 4.5 and 4.7): by a change of the one field, else by
 * giving the whole listing back, and each time by what a read shows then.
 */
export async function setListingStatus(
  client: RestClient,
  agentId: AgentId,
  key: Secret,
  status: ListingStatus,
): Promise<StatusOutcome> {
  const path = `/agents/${agentId}`;
  const access = client.access(key);
  const read = async () => await client.send({ method: 'GET', path, access, schemes: 'both' });
  const write = async (method: 'PATCH' | 'PUT', agent: object) =>
    await client.send({ method, path, access, schemes: 'both', body: JSON.stringify({ agent }) });

  const before = statusIn(await read());
  if (before.kind === 'unknown') return { kind: 'not_set', problem: before.problem };
  if (before.agent.status === status) return { kind: 'set' };
  let answer = await write('PATCH', { status });
  let after = statusIn(await read());
  if (after.kind === 'known' && after.agent.status !== status) {
    answer = await write('PUT', { ...before.agent, status });
    after = statusIn(await read());
  }
  if (after.kind === 'unknown') return { kind: 'not_set', problem: after.problem };
  if (after.agent.status === status) return { kind: 'set' };
  return { kind: 'not_set', problem: `the listing stays ${after.agent.status}: ${problemOf(answer)}` };
}

type Shown =
  | { readonly kind: 'known'; readonly agent: z.output<typeof listing> }
  | { readonly kind: 'unknown'; readonly problem: string };

function statusIn(answer: Answer): Shown {
  const parsed = answer.kind === 'success' ? shown.safeParse(answer.data) : undefined;
  if (parsed?.success === true) return { kind: 'known', agent: parsed.data };
  return { kind: 'unknown', problem: `the listing cannot be read: ${problemOf(answer)}` };
}

function problemOf(answer: Answer): string {
  switch (answer.kind) {
    case 'success':
      return 'the answer does not say its status';
    case 'failure':
      return `HTTP ${answer.error.status}, ${answer.error.message}`;
    case 'unreadable':
    case 'redirected':
    case 'limited':
    case 'lost':
      return answer.problem;
  }
}
