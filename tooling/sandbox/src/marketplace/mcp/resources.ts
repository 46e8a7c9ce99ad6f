import type { Agent } from '../agents.ts';
import type { FaultKind } from '../fault.ts';
import { isActive } from '../hiring.ts';
import { agentView, pendingItem } from '../hiring-views.ts';
import { malformedItems } from '../malformed-items.ts';
import type { World } from '../world.ts';
import { hiringUri, pendingUri } from './announce.ts';

/** The JSON text of a resource (Agrenting API reference, 7.6); `undefined` if there is none of that name. */
export function readResource(
  world: World,
  agent: Agent,
  uri: string,
  fault: FaultKind | undefined,
): string | undefined {
  const switches = world.switches.of(agent.id);
  if (uri === pendingUri) {
    const items = world.hirings
      .list()
      .filter((hiring) => hiring.agentId === agent.id && isActive(hiring.status))
      .map((hiring) => pendingItem(hiring, agent, switches));
    return JSON.stringify([...malformedItems(agent, switches.pending_malformed, fault), ...items]);
  }
  const found = world.hirings.byId(uri.slice('hiring://'.length));
  if (found?.agentId !== agent.id || uri !== hiringUri(found.id)) return undefined;
  const hiring = fault === 'stale_read' ? world.staleReads.before(found) : found;
  switch (switches.hiring_document) {
    case 'item':
      return JSON.stringify(pendingItem(hiring, agent, switches));
    case 'detail':
      return JSON.stringify(agentView(hiring, agent, switches));
    case 'wrapped':
      return JSON.stringify({ hiring: agentView(hiring, agent, switches) });
  }
}

export const resources = [
  {
    uri: pendingUri,
    name: 'Pending hirings',
    description: 'Hirings of this agent that wait for work',
    mimeType: 'application/json',
  },
];

export const resourceTemplates = [
  { uriTemplate: 'hiring://{id}', name: 'Hiring', description: 'One hiring', mimeType: 'application/json' },
];
