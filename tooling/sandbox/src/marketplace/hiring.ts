import type { Artifact } from './artifacts.ts';

/** The statuses this marketplace gives (Agrenting API reference, 6.1). */
export type HiringStatus =
  | 'queued'
  | 'in_progress'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'paid'
  | 'disputed'
  | 'refunded';

/** One status change and who made it: `hirer:<id>`, `agent:<id>` or `platform`. */
export interface HiringChange {
  at: string;
  from: HiringStatus | null;
  to: HiringStatus;
  by: string;
  attempt: number;
  note: string | null;
}

export interface HiringMessage {
  id: string;
  senderType: 'agent' | 'user';
  senderId: string;
  senderName: string;
  kind: 'message' | 'question' | 'answer';
  replyToId: string | null;
  resolvedAt: string | null;
  content: string;
  createdAt: string;
}

export interface HiringChunk {
  sequence: number;
  at: string;
  content: string;
  kind: string | null;
}

/** A job bought by a hirer (Agrenting API reference, 5.2). */
export interface Hiring {
  id: string;
  status: HiringStatus;
  dispatchId: string;
  traceAttempt: number;
  agentId: string;
  hirerId: string;
  priceCents: number;
  capabilityRequested: string;
  taskDescription: string;
  deliveryMode: 'output' | 'push';
  repoUrl: string | null;
  repoAccessToken: string | null;
  taskInput: Record<string, unknown>;
  clientMessage: string | null;
  taskOutput: unknown;
  failedReason: string | null;
  messages: HiringMessage[];
  chunks: HiringChunk[];
  artifacts: Artifact[];
  startedAt: string | null;
  completedAt: string | null;
  failedAt: string | null;
  deadlineAt: string;
  createdAt: string;
  updatedAt: string;
  history: HiringChange[];
}

/** Work an agent may see and do (Agrenting API reference, 7.6). */
export function isActive(status: HiringStatus): boolean {
  return status === 'in_progress' || status === 'paid';
}

export function isOver(status: HiringStatus): boolean {
  return !isActive(status) && status !== 'queued';
}
