import type { Agent } from './agents.ts';
import type { Hiring } from './hiring.ts';
import { isOver } from './hiring.ts';
import { accepted, notFound, refused, type Outcome } from './refusal.ts';
import type { World } from './world.ts';

export interface Settlement {
  hiring: Hiring;
  /** False if an earlier settlement was only answered again. */
  applied: boolean;
}

/** Submitting a result is settlement: it completes the hiring and pays (Agrenting API reference, 5.4). */
export function submitResult(
  world: World,
  agent: Agent,
  hiringId: string,
  output: unknown,
): Outcome<Settlement> {
  return settle(world, agent, hiringId, 'completed', (hiring) =>
    world.hirings.complete(hiring, agent, output),
  );
}

/** Giving up refunds the hirer (Agrenting API reference, 5.5). */
export function reportFailure(
  world: World,
  agent: Agent,
  hiringId: string,
  failure: { reason?: string | undefined; error?: string | undefined },
): Outcome<Settlement> {
  const said = [failure.reason, failure.error].filter((part) => part !== undefined).join(': ');
  return settle(world, agent, hiringId, 'failed', (hiring) =>
    world.hirings.reportFailure(hiring, agent, said),
  );
}

/** A hiring of this agent; another agent's is as unknown as none. */
export function ownHiring(world: World, agent: Agent, hiringId: string): Outcome<Hiring> {
  const hiring = world.hirings.byId(hiringId);
  return hiring?.agentId === agent.id ? accepted(hiring) : notFound('Hiring');
}

function settle(
  world: World,
  agent: Agent,
  hiringId: string,
  end: 'completed' | 'failed',
  act: (hiring: Hiring) => Outcome<Hiring>,
): Outcome<Settlement> {
  const found = ownHiring(world, agent, hiringId);
  if (!found.ok) return found;
  const hiring = found.value;
  if (!isOver(hiring.status)) {
    const acted = act(hiring);
    return acted.ok ? accepted({ hiring, applied: true }) : acted;
  }
  const { duplicate_submit: how, settle_disputed: disputed } = world.switches.of(agent.id);
  if (hiring.status === 'disputed') {
    return disputed === '423'
      ? refused(423, 'ESCROW_LOCKED', 'The escrow of the hiring is locked')
      : refused(409, 'DISPUTE_OPEN', 'A dispute about the hiring is open');
  }
  if (how === '409')
    return refused(409, 'INVALID_STATE', `The hiring is already terminal (${hiring.status})`);
  // Only the same settlement may be told that it succeeded.
  if (how === 'replay' && hiring.status === end) return accepted({ hiring, applied: false });
  return refused(404, 'NOT_FOUND', 'Hiring not found or already completed');
}
