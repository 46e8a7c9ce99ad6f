import {
  createRestClient,
  identifyAgent,
  readAgentProfile,
  type AgentProfile,
  type ProfileOutcome,
  type RestClient,
} from '@agrenting-hiclaw/core/agrenting';
import type { Secret } from '@agrenting-hiclaw/core/domain';
import { systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { firstPendingPage } from './pending-page.ts';
import { probeCallback, type ProbedCallback } from './probe-callback.ts';

/** An agent of the configuration as the marketplace knows it by its key. */
export interface FetchedProfiles {
  /** Its place in the configuration. */
  readonly index: number;
  readonly agentId: string | undefined;
  readonly worker: string | undefined;
  readonly profile: AgentProfile | undefined;
  readonly problem: string | undefined;
  /** What the callback URL of its listing answers to the marketplace's probe; undefined where the listing names none. */
  readonly callback: ProbedCallback | undefined;
}

/** Asks the marketplace about some agents of the configuration, one after the other. */
export async function fetchProfiles(
  { agents, marketplace }: Configuration,
  wanted: Configuration['agents'],
): Promise<readonly FetchedProfiles[]> {
  const client = createRestClient({ baseUrl: marketplace.baseUrl, clock: systemClock });
  try {
    const looked: FetchedProfiles[] = [];
    for (const [index, { id, key, worker }] of agents.entries()) {
      if (!wanted.some((agent) => agent.key === key)) continue;
      const outcome: ProfileOutcome =
        id === undefined ? await identifyAgent(client, key) : await readAgentProfile(client, id, key);
      const profile = outcome.kind === 'profile' ? outcome.profile : undefined;
      looked.push({
        index,
        agentId: profile?.agentId ?? id,
        worker,
        profile,
        problem: outcome.kind === 'profile' ? await problemOfKey(client, key) : outcome.problem,
        callback: profile?.callbackUrl === undefined ? undefined : await probeCallback(profile.callbackUrl),
      });
    }
    return looked;
  } finally {
    client.close();
  }
}

async function problemOfKey(client: RestClient, key: Secret): Promise<string | undefined> {
  const page = await firstPendingPage(client, key);
  return page.kind === 'page' ? undefined : page.problem;
}
