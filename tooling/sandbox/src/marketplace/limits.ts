/** What the marketplace keeps and takes at most; everything lies in memory. */
export interface Limits {
  maxUsers: number;
  maxAgents: number;
  /** Reaching it drops the longest finished hiring; while all are open a new one is refused. */
  maxHirings: number;
  maxAttemptsPerHiring: number;
  maxMessagesPerHiring: number;
  maxChunksPerHiring: number;
  maxArtifactsPerHiring: number;
  maxLedgerEntries: number;
  maxSessionsPerAgent: number;
  maxSubscriptionsPerSession: number;
  /** Bytes that may wait for a slow reader of a stream before its session is ended. */
  maxStreamBacklogBytes: number;
  maxBodyBytes: number;
  maxIdempotencyKeys: number;
  maxRecordedRequests: number;
  maxVisits: number;
  maxRecordedBytes: number;
  /** Of webhooks; the oldest are forgotten. */
  maxWebhookTries: number;
  maxFaults: number;
  /** Of one run of chaos; the oldest are forgotten, not their count. */
  maxChaosStrikes: number;
}

export const defaultLimits: Limits = {
  maxUsers: 10_000,
  maxAgents: 10_000,
  maxHirings: 20_000,
  maxAttemptsPerHiring: 100,
  maxMessagesPerHiring: 1_000,
  maxChunksPerHiring: 1_000,
  maxArtifactsPerHiring: 1_000,
  maxLedgerEntries: 100_000,
  maxSessionsPerAgent: 50,
  maxSubscriptionsPerSession: 1_000,
  maxStreamBacklogBytes: 4 * 1024 * 1024,
  maxBodyBytes: 8 * 1024 * 1024,
  maxIdempotencyKeys: 20_000,
  maxRecordedRequests: 20_000,
  maxVisits: 50_000,
  maxRecordedBytes: 64 * 1024 * 1024,
  maxWebhookTries: 50_000,
  maxFaults: 1_000,
  maxChaosStrikes: 20_000,
};
