import { Agents } from './agents.ts';
import { Availability } from './availability.ts';
import { Chaos } from './chaos.ts';
import type { Clock } from './clock.ts';
import { Credentials } from './credentials.ts';
import { Faults } from './faults.ts';
import { Hirings } from './hirings.ts';
import { IdempotencyStore } from './idempotency.ts';
import { Ledger } from './ledger.ts';
import type { Limits } from './limits.ts';
import { announceChanges } from './mcp/announce.ts';
import { McpSessions } from './mcp/sessions.ts';
import { RateLimits } from './rate-limit.ts';
import { RequestLog } from './request-log.ts';
import { StaleReads } from './stale-reads.ts';
import { SwitchBoard, type SwitchChange } from './switches.ts';
import { Users } from './users.ts';
import { Visits } from './visits.ts';
import { Webhooks } from './webhooks.ts';

/** Everything the marketplace is, without HTTP. REST, MCP and the admin API are three doors to it. */
export interface World {
  clock: Clock;
  limits: Limits;
  /** The marketplace's own origin, known once it listens. */
  origin: () => string;
  switches: SwitchBoard;
  ledger: Ledger;
  users: Users;
  agents: Agents;
  hirings: Hirings;
  sessions: McpSessions;
  availability: Availability;
  credentials: Credentials;
  idempotency: IdempotencyStore;
  rateLimits: RateLimits;
  faults: Faults;
  chaos: Chaos;
  staleReads: StaleReads;
  requests: RequestLog;
  visits: Visits;
  webhooks: Webhooks;
}

export function createWorld(options: {
  clock: Clock;
  limits: Limits;
  switches: SwitchChange;
  origin: () => string;
}): World {
  const { clock, limits, origin } = options;
  const switches = new SwitchBoard(options.switches);
  const ledger = new Ledger(clock, limits.maxLedgerEntries);
  const users = new Users(clock, ledger, limits.maxUsers);
  const agents = new Agents(clock, limits.maxAgents);
  const hirings = new Hirings(clock, ledger, agents, switches, limits);
  const chaos = new Chaos(clock, limits.maxChaosStrikes);
  const faults = new Faults(chaos, limits.maxFaults);
  const sessions = new McpSessions(clock, switches, faults, limits);
  announceChanges(hirings, sessions, switches);
  return {
    clock,
    limits,
    origin,
    switches,
    ledger,
    users,
    agents,
    hirings,
    sessions,
    availability: new Availability(clock, agents, hirings, sessions, switches),
    credentials: new Credentials(clock, users, agents, switches),
    idempotency: new IdempotencyStore(clock, limits.maxIdempotencyKeys),
    rateLimits: new RateLimits(clock),
    faults,
    chaos,
    staleReads: new StaleReads(hirings, switches),
    requests: new RequestLog(clock, limits.maxRecordedRequests, limits.maxRecordedBytes),
    visits: new Visits(clock, limits.maxVisits),
    webhooks: new Webhooks({ clock, agents, hirings, switches, origin, maxTries: limits.maxWebhookTries }),
  };
}
