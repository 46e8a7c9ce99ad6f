import type { AgentId } from '../../domain/index.ts';

/**
 * Where an agent's session is. `backoff` waits after a loss; `unauthorized` waits long, because the
 * marketplace does not accept the key; `stopped` is the end.
 */
export type SessionState =
  | 'idle'
  | 'connecting'
  | 'handshaking'
  | 'subscribed'
  | 'backoff'
  | 'unauthorized'
  | 'stopped';

/** Why a connection ended. */
export type DropCause =
  /** The server closed the stream in order. */
  | 'ended'
  /** The stream broke. */
  | 'lost'
  /** Nothing came any more: pings unanswered, or a stream without a byte for too long. */
  | 'silent'
  /** The server could not be reached at all. */
  | 'unreachable'
  /** An HTTP status other than 200 on opening the stream, or something that is no event stream. */
  | 'refused'
  | 'redirected'
  | 'unauthorized'
  /** The stream opened, but its first event did not come in time: most likely a proxy buffers it. */
  | 'no_endpoint'
  /** The server named a place for messages that we do not send to. */
  | 'foreign_endpoint'
  | 'handshake_failed'
  /** The server no longer knows the session. */
  | 'session_gone';

/** A session as health and metrics show it. Times are in milliseconds since 1970. */
export interface SessionStatus {
  readonly agentId: AgentId;
  readonly state: SessionState;
  /** When the state was entered. */
  readonly sinceMs: number;
  /** When the stream last gave a byte, be it a comment. */
  readonly lastByteAtMs?: number | undefined;
  /** When the pending list was last read and handled. */
  readonly lastReadAtMs?: number | undefined;
  /** When our last ping was answered, and how long it took. */
  readonly lastPing?: { readonly atMs: number; readonly roundTripMs: number } | undefined;
  /** When the server last asked whether we are there (Agrenting API reference, 6.3). */
  readonly lastProbeAtMs?: number | undefined;
  /** False while the server refuses the subscription: then the list is only read on a timer. */
  readonly updates: boolean;
  /** How many connections ended, by cause. */
  readonly drops: Readonly<Partial<Record<DropCause, number>>>;
  /** What the last loss was and what to do; undefined while all is well. */
  readonly problem?: string | undefined;
  /** When the next connection is tried. */
  readonly nextTryAtMs?: number | undefined;
}

/** Something of the session that is worth a log line. Texts never hold documents or credentials. */
export type SessionEvent =
  | { readonly kind: 'state'; readonly state: SessionState }
  | { readonly kind: 'dropped'; readonly cause: DropCause; readonly problem: string; readonly waitMs: number }
  /** A ping of ours was answered. */
  | { readonly kind: 'ping'; readonly roundTripMs: number }
  /** The session goes on, but something was not as it should be. */
  | { readonly kind: 'anomaly'; readonly problem: string };
