/** How fast messages may go out: on the average, and at once. */
export interface SendRate {
  readonly perMinute: number;
  readonly burst: number;
}

/**
 * How many messages may go to one homeserver, counted over all processes of one store: a limit that the
 * homeserver sets is its limit for the account, whoever sends.
 */
export interface SendBudget {
  /** Takes one message. Gives 0 when it may be sent now, else how long to wait, in milliseconds. */
  take(name: string, rate: SendRate, nowMs: number): Promise<number>;
  /** The homeserver asked for patience: nobody sends before that moment. */
  hold(name: string, untilMs: number): Promise<void>;
}
