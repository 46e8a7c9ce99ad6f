import { MalformedOnce, type PendingHiring } from '@agrenting-hiclaw/core/agrenting';
import type { AgentId, Hiring, HiringId, Secret } from '@agrenting-hiclaw/core/domain';
import type { IntakeParts } from '../intake.ts';
import { fetchList, keepList, type PendingList } from './pending-list.ts';

/** What one look at the owner's list found. */
export interface OwnerSweep {
  readonly look: PendingList;
  /** Hirings of agents that are not configured here. */
  readonly foreign: readonly HiringId[];
}

/** The pending hirings of all agents of one owner, as the user token shows them. */
export interface OwnerPoll {
  /** Looks at the list once. Never rejects. */
  sweep(): Promise<OwnerSweep>;
}

/** Foreign hirings that are remembered, so that each is reported once. */
const MAX_REMEMBERED = 1000;

/**
 * Asks with the user token (Agrenting API reference, 5.3). Its items need not say whose they are: then the
 * agents are asked, each under its own key, whether they may read it.
 */
export function createOwnerPoll(userToken: Secret, parts: IntakeParts): OwnerPoll {
  const { agents, store, log } = parts;
  const malformedOnce = new Map<AgentId, MalformedOnce>();
  const warned = new Set<HiringId>();

  async function ownerOf(hiring: Hiring): Promise<AgentId | undefined> {
    const known = agents.identified().map(({ agentId }) => agentId);
    if (hiring.agentId !== undefined) return known.find((agentId) => agentId === hiring.agentId);
    const stored = await store.hirings.find(hiring.hiringId);
    if (stored !== undefined) return stored.agentId;
    if (agents.count === 1) return known[0];
    for (const agentId of known) {
      const read = await agents.marketplace.readHiring(agentId, hiring.hiringId);
      if (read.kind === 'found') return agentId;
    }
    return undefined;
  }

  async function byOwner(items: readonly PendingHiring[]) {
    const owned = new Map<AgentId, PendingHiring[]>();
    const foreign: HiringId[] = [];
    for (const item of items) {
      const { parsed } = item;
      // What cannot be read is kept under the keys of the agents, whose lists have it too.
      if (parsed.kind === 'malformed') continue;
      const agentId = await ownerOf(parsed.hiring);
      if (agentId === undefined) foreign.push(parsed.hiring.hiringId);
      else owned.set(agentId, [...(owned.get(agentId) ?? []), item]);
    }
    return { owned, foreign };
  }

  function warnForeign(foreign: readonly HiringId[]): void {
    if (warned.size > MAX_REMEMBERED) warned.clear();
    for (const hiringId of foreign) {
      if (warned.has(hiringId)) continue;
      warned.add(hiringId);
      log.warn(
        { hiringId },
        'a pending hiring belongs to no configured agent: add its agent, or ignore this',
      );
    }
  }

  async function sweep(): Promise<OwnerSweep> {
    const list = await fetchList(parts, userToken, 'bearer');
    if (list.kind === 'failed') return { look: list, foreign: [] };
    const { owned, foreign } = await byOwner(list.items);
    warnForeign(foreign);
    const fresh: HiringId[] = [];
    for (const [agentId, items] of owned) {
      const once = malformedOnce.get(agentId) ?? new MalformedOnce();
      malformedOnce.set(agentId, once);
      const look = await keepList({ kind: 'fetched', items }, agentId, parts, once);
      if (look.kind !== 'read') return { look, foreign };
      fresh.push(...look.fresh);
    }
    const malformed = list.items.filter(({ parsed }) => parsed.kind === 'malformed').length;
    return { look: { kind: 'read', listed: list.items.length, fresh, malformed }, foreign };
  }

  return {
    async sweep() {
      try {
        return await sweep();
      } catch (error) {
        log.error({ error }, "the owner's list could not be matched with the agents");
        const problem = 'the store could not match the listed hirings to agents';
        return { look: { kind: 'failed', problem, unauthorized: false }, foreign: [] };
      }
    },
  };
}
