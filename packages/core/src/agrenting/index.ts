export { identifyAgent, readAgentProfile, type AgentProfile, type ProfileOutcome } from './agent-profile.ts';
export { parseBaseUrl, type BaseUrl, type BaseUrlOutcome } from './base-url.ts';
export { createMarketplace, type MarketplaceAgent, type MarketplaceOptions } from './marketplace.ts';
export { createAgentSession, type AgentSession, type AgentSessionOptions } from './mcp/agent-session.ts';
export type { HiringSource, PendingHiring, SessionRead } from './mcp/hiring-source.ts';
export type { DropCause, SessionEvent, SessionState, SessionStatus } from './mcp/session-status.ts';
export { createRestClient, type Fetch, type RestClient, type RestClientOptions } from './rest-client.ts';
