import type { DropCause } from './session-status.ts';

/** Why a connection ended, and in plain words what to do about it. */
export interface Disconnect {
  readonly cause: DropCause;
  readonly problem: string;
}

/** A connection that ended, as the exception that the SDK's interfaces ask for. */
export class DisconnectedError extends Error {
  readonly drop: Disconnect;

  constructor(drop: Disconnect, options?: ErrorOptions) {
    super(drop.problem, options);
    this.name = 'DroppedError';
    this.drop = drop;
  }
}

/** A message that the server did not take, while the connection goes on. */
export class NotTakenError extends Error {
  /** HTTP status; undefined when there was none. */
  readonly status: number | undefined;

  constructor(problem: string, status?: number) {
    super(problem);
    this.name = 'NotTakenError';
    this.status = status;
  }
}
