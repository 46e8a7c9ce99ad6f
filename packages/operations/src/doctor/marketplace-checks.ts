import { inQuotes } from '@agrenting-hiclaw/core/domain';
import {
  createOneShotSessions,
  type ProfileOutcome,
  type RestClient,
} from '@agrenting-hiclaw/core/agrenting';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { firstPendingPage } from '../agents/pending-page.ts';
import { probeCallback } from '../agents/probe-callback.ts';
import { failed, ok, skipped, warning, type Check, type Finding } from './check.ts';
import type { ListingOf } from './listing.ts';

/** The marketplace, each agent's key and listing, and a session over MCP (adapter page, G3). */
export function marketplaceChecks(
  configuration: Configuration,
  client: RestClient,
  listingOf: ListingOf,
): readonly Check[] {
  const { agents, marketplace } = configuration;
  return [
    {
      name: 'marketplace',
      speaksFor: 'marketplace',
      look: async () => await Promise.resolve(ok(`${marketplace.baseUrl} answers`)),
    },
    ...agents.flatMap((agent, index): Check[] => {
      const name = agent.worker ?? `agents.${index}`;
      const look = async (): Promise<ProfileOutcome> => await listingOf(agent);
      return [
        {
          name: `agent-key ${name}`,
          asks: 'marketplace',
          async look() {
            // A listing is shown to anybody; the list of pending hirings needs the key.
            const page = await firstPendingPage(client, agent.key);
            if (page.kind === 'page') return ok('the marketplace accepts it');
            // Keys are told apart by asking; how they begin is a hint at most (Agrenting API reference, 21 #17).
            const hint = agent.key.reveal().startsWith('ap_')
              ? "It looks like a user token (ap_…), which cannot settle hirings. Set the agent's own key."
              : 'Copy the key again from the dashboard, or make a new one there.';
            return failed(page.problem, hint);
          },
        },
        {
          name: `listing ${name}`,
          asks: 'marketplace',
          async look() {
            const outcome = await look();
            if (outcome.kind !== 'profile')
              return failed('its listing cannot be read', 'See the check of its key above.');
            const { workerMatrixId } = outcome.profile;
            if (agent.worker !== undefined) {
              const mapped = configuration.workers.list.find(
                (worker) => worker.name === agent.worker,
              )?.userId;
              if (workerMatrixId === undefined || mapped === undefined || mapped === workerMatrixId)
                return ok(`${agent.worker} is its worker`);
              return warning(
                `it names ${inQuotes(workerMatrixId)}, but the configuration has ${mapped}`,
                'Correct the wrong one. The configuration takes precedence.',
              );
            }
            return workerMatrixId === undefined
              ? failed('no worker is assigned to it', `Set agents.${index}.worker.`)
              : ok(`it names ${inQuotes(workerMatrixId)}`);
          },
        },
        {
          name: `callback ${name}`,
          asks: 'marketplace',
          async look() {
            const outcome = await look();
            if (outcome.kind !== 'profile') return skipped('not checked: its listing cannot be read');
            const url = outcome.profile.callbackUrl;
            return url === undefined
              ? skipped('its listing has no callback URL: it is reached over MCP')
              : await lookAtCallback(url);
          },
        },
        {
          name: `mcp ${name}`,
          asks: 'marketplace',
          // Its own limits say at which step there was no answer.
          takesLong: true,
          async look() {
            const outcome = await look();
            const agentId = agent.id ?? (outcome.kind === 'profile' ? outcome.profile.agentId : undefined);
            if (agentId === undefined)
              return failed('no session can be opened without its id', 'See the check of its key above.');
            const sessions = createOneShotSessions({
              client,
              agentId,
              key: agent.key,
              stop: new AbortController().signal,
              onAnomaly: () => {},
            });
            const read = await sessions.readPending();
            return read.kind === 'read'
              ? ok('a session opens, and the pending hirings can be read')
              : failed(
                  read.problem,
                  'Check that /mcp of the marketplace is reachable from here and not blocked or buffered by a proxy.',
                );
          },
        },
      ];
    }),
  ];
}

async function lookAtCallback(url: string): Promise<Finding> {
  const probed = await probeCallback(url);
  switch (probed.kind) {
    case 'answers':
      return ok(
        `${inQuotes(url)} answers the availability probe (HTTP ${probed.status} after ${probed.tookMs} ms)`,
      );
    case 'unfit':
      return failed(probed.problem, 'Use the address of a gateway with a certificate.');
    case 'failed':
      return failed(
        probed.problem,
        'Check that the bridge runs and is reachable at that address, and that the gateway allows HEAD without a key. Until then each hiring is refunded at once.',
      );
  }
}
