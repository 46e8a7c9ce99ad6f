import { afterEach } from 'vitest';
import { z } from 'zod';

import { ManualClock, startMarketplace, type MarketplaceOptions, type RunningMarketplace } from '../index.ts';
import { openRawClient, type RawClient } from './raw-client.ts';

const objectEnvelope = z.looseObject({ data: z.record(z.string(), z.unknown()) });
const arrayEnvelope = z.looseObject({ data: z.array(z.record(z.string(), z.unknown())) });

type Person = ReturnType<RunningMarketplace['createUser']>;
type Listed = ReturnType<RunningMarketplace['registerAgent']>;

export interface Reply {
  status: number;
  headers: Headers;
  /** The body as text, and as JSON if it is any. */
  text: string;
  json: unknown;
  /** `data` of the envelope if it is an object, and if it is an array. */
  data: Record<string, unknown>;
  rows: Record<string, unknown>[];
}

/** A running marketplace with a hirer who has 100.00, an owner, and the owner's coding agent at 20.00. */
export interface Fixture {
  marketplace: RunningMarketplace;
  clock: ManualClock;
  hirer: Person;
  owner: Person;
  agent: Listed;
  /** A request with JSON; `as` is put into `X-API-Key`. */
  call: (
    method: string,
    path: string,
    options?: { as?: string; body?: unknown; headers?: Record<string, string> },
  ) => Promise<Reply>;
  /** The agent's MCP client, which answers pings, after its handshake. */
  goOnline: () => Promise<RawClient>;
  /** A hiring of the agent that is in progress; goes online first if nobody is. */
  startedHiring: (hire?: Partial<Parameters<RunningMarketplace['hire']>[0]>) => Promise<string>;
}

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Runs after the test, last registered first. */
export function afterTest(cleanup: () => void | Promise<void>): void {
  cleanups.push(cleanup);
}

/** Time stands still in it unless the test moves `clock`. */
export async function openFixture(options: MarketplaceOptions = {}): Promise<Fixture> {
  const clock = new ManualClock();
  const marketplace = await startMarketplace({ clock, ...options });
  afterTest(() => marketplace.close());
  const hirer = marketplace.createUser({ name: 'Hirer', balance: '100.00' });
  const owner = marketplace.createUser({ name: 'Owner' });
  const agent = marketplace.registerAgent({
    ownerId: owner.id,
    name: 'Coder',
    capabilities: ['coding', 'review'],
    category: 'coding',
    basePrice: '20.00',
    metadata: { worker_matrix_id: '@coder:example.org' },
  });

  const fixture: Fixture = {
    marketplace,
    clock,
    hirer,
    owner,
    agent,
    call: async (method, path, { as, body, headers } = {}) => {
      const sent: Record<string, string> = { 'content-type': 'application/json', ...headers };
      if (as !== undefined) sent['x-api-key'] = as;
      const init: RequestInit = { method, headers: sent };
      if (body !== undefined) init.body = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(`${marketplace.url}${path}`, init);
      const text = await response.text();
      const json = parse(text);
      const data = objectEnvelope.safeParse(json).data?.data ?? {};
      const rows = arrayEnvelope.safeParse(json).data?.data ?? [];
      return { status: response.status, headers: response.headers, text, json, data, rows };
    },
    goOnline: async () => {
      const client = await openRawClient(marketplace.url, agent.apiKey, { pong: true });
      afterTest(() => client.close());
      await client.handshake();
      return client;
    },
    startedHiring: async (hire = {}) => {
      if (marketplace.sessions.list(agent.id).length === 0) await fixture.goOnline();
      const { id } = marketplace.hire({
        hirerId: hirer.id,
        agentId: agent.id,
        taskDescription: 'Add a dark mode',
        ...hire,
      });
      await marketplace.hirings.when(id, 'in_progress');
      return id;
    },
  };
  return fixture;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
