export {
  identifyAgent,
  readAgentProfile,
  type AgentProfile,
  type ProfileOutcome,
  type ShownListing,
} from './agent-profile.ts';
export {
  isLoopback,
  parseBaseUrl,
  problemOfCallbackUrl,
  type BaseUrl,
  type BaseUrlOutcome,
} from './base-url.ts';
export { changeListing, type ListingChanges, type ListingOutcome } from './change-listing.ts';
export { setListingStatus, type ListingStatus, type StatusOutcome } from './listing-status.ts';
export { createMarketplace, type MarketplaceAgent, type MarketplaceOptions } from './marketplace.ts';
export { createAgentSession, type AgentSession, type AgentSessionOptions } from './mcp/agent-session.ts';
export type { HiringSource, SessionRead } from './mcp/hiring-source.ts';
export type { DropCause, SessionEvent, SessionState, SessionStatus } from './mcp/session-status.ts';
export { createOneShotSessions, type PendingRead, type OneShotSessions } from './mcp/one-shot-session.ts';
export { MalformedOnce, pendingHiring, type PendingHiring } from './pending-hiring.ts';
export { readPendingPages, type PendingPage } from './pending-pages.ts';
export { rotateAgentKey, type RotateOutcome } from './rotate-key.ts';
export { registerAgent, type NewAgent, type RegisterOutcome } from './register-agent.ts';
export { MemoryRequestBudgets } from './request-budget.ts';
export { createRestClient, type Fetch, type RestClient, type RestClientOptions } from './rest-client.ts';
export type { AuthSchemes } from './auth-schemes.ts';
export type { Via } from './ways.ts';
