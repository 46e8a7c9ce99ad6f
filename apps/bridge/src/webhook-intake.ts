import type { AppParts, Intake } from '@agrenting-hiclaw/app';
import { createOneShotSessions } from '@agrenting-hiclaw/core/agrenting';
import type { AgentId } from '@agrenting-hiclaw/core/domain';
import type { HttpBounds } from '@agrenting-hiclaw/runtime';
import { createResultRoutes } from './results/result-routes.ts';
import { createOtherRoutes } from './server/other-routes.ts';
import { createEvictions } from './server/evictions.ts';
import { startServer } from './server/server.ts';
import { createReceiver } from './webhook/receiver.ts';

export interface WebhookIntake extends Intake {
  /** Where hirings are posted. */
  readonly url: string;
}

/** The intake by webhook: listens when it resolves. Rejects with `SettingError` when it cannot listen there. */
export async function startWebhookIntake(
  parts: AppParts,
  bounds?: Partial<HttpBounds>,
): Promise<WebhookIntake> {
  const { agents, client, configuration, log, metrics, store } = parts;
  const { webhook } = configuration;
  const closing = new AbortController();
  const sessions = new Map<AgentId, ReturnType<typeof createOneShotSessions>>();
  // With webhooks only, MCP is still the second source for what a read leaves open.
  const stopMaking = agents.onIdentified(({ agentId, key }) => {
    if (sessions.has(agentId)) return;
    const onAnomaly = (problem: string): void =>
      log.debug({ agentId, problem }, 'the marketplace said something odd');
    sessions.set(agentId, createOneShotSessions({ client, agentId, key, stop: closing.signal, onAnomaly }));
  });
  const server = await startServer({
    settings: webhook,
    receive: createReceiver(parts),
    others: createOtherRoutes({
      store,
      metrics,
      host: webhook.host,
      results: webhook.resultsUrl === undefined ? undefined : createResultRoutes(parts),
    }),
    evictions: createEvictions(metrics),
    bounds,
  });
  log.info({ webhook: server.webhookUrl, insecure: webhook.insecure || undefined }, 'listening for webhooks');
  return {
    url: server.webhookUrl,
    session: (agentId) => sessions.get(agentId),
    problems: () => [],
    async close() {
      closing.abort();
      stopMaking();
      await server.close();
    },
  };
}
