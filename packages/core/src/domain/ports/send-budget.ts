import type { SendQueue, SendRank, SendRate } from '../policies/send-rate.ts';

/** What a homeserver limits by a limit of its own: for one account, whatever process sends. */
export interface SendLane {
  /** The account and what is sent. */
  readonly name: string;
  /** Our own bound, for a homeserver that sets none: it keeps a runaway from flooding. */
  readonly ceiling: SendRate;
}

export interface TakeRequest {
  readonly lane: SendLane;
  /** A bound beside it that is ours alone, such as that of one worker; nothing is learned for it. */
  readonly within?: SendLane | undefined;
  readonly rank: SendRank;
  /** What waits in this process. */
  readonly waiting?: SendQueue | undefined;
}

/** Whether it may be sent now. */
export interface Allowance {
  /** 0 when it may be sent now, else how long to wait. */
  readonly waitMs: number;
  /** From one to the next at the lane's rate that holds now, for the messages that wait behind it. */
  readonly everyMs: number;
  /** Which bound says so. */
  readonly bound: 'lane' | 'within';
}

/** A homeserver's answer that it takes no more for now. */
export interface SendRefusal {
  /** When the request that it answers was allowed: what was on its way together is one refusal. */
  readonly takenAtMs: number;
  readonly retryAfterMs: number;
}

/**
 * How fast a homeserver takes what we send, learned from its answers and shared by all processes of one store: a limit
 * that it sets is its limit for the account, no matter who sends.
 */
export interface SendBudget {
  take(request: TakeRequest, nowMs: number): Promise<Allowance>;
  /** The homeserver asked for patience: nobody sends before that, and more slowly after it. */
  refused(lane: SendLane, refusal: SendRefusal, nowMs: number): Promise<void>;
}
