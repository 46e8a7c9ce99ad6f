import { isDeepStrictEqual } from 'node:util';
import type { BudgetChange, Clock, RequestBudget, RequestBudgets } from '../domain/index.ts';
import type { StatedLimits } from './stated-limits.ts';

/** The marketplace counts in windows of so long (Agrenting API reference, 13.1). */
const WINDOW_MS = 60_000;
/** Of what is paced, the part of a window that may go at its begin; the rest comes evenly over the window. */
const PACED_SHARE = 0.4;
/** Longest time that a budget stays closed, whatever the marketplace asked for or the clock did. */
const MAX_HOLD_MS = 10 * 60_000;
/** A limit that was stated lapses unless it is stated again: the gateway that stated it may be gone. */
const STATED_MS = { least: 15 * 60_000, most: 60 * 60_000, windows: 2 };
/** Noted no oftener, as most answers state the same. */
const RESTATED_EVERY_MS = 60_000;
/** A learned limit is never less. */
const LEAST_LIMIT = 5;
/** By so much a learned limit grows with each window without a refusal. */
const GROWTH = 1.1;
/** Waits between two questions whether a refused key is taken again. */
const REFUSED = { baseMs: 5_000, capMs: 5 * 60_000 };
/** A question without an answer is asked again, by any caller, after so long. */
const QUESTION_MS = 35_000;
/** A caller that comes while a question is under way looks again after so long. */
const UNDER_WAY_MS = 2_000;

/** Whether a request may go out. */
export type Permit =
  /** `question`: the key was refused, and this request finds out if it still is. */
  | { readonly kind: 'go'; readonly question: boolean }
  | { readonly kind: 'wait'; readonly waitMs: number; readonly because: 'limit' | 'refused' };

/** What an answer says about limit and key. */
export interface BudgetNews {
  readonly status: number;
  readonly limits: StatedLimits;
  /** Of the permit that the request went out with. */
  readonly question: boolean;
}

export interface BudgetOptions {
  readonly name: string;
  readonly budgets: RequestBudgets;
  readonly clock: Clock;
  /** What is taken for the limit until the marketplace says otherwise. */
  readonly perWindow: number;
}

/**
 * How much a key may ask of the marketplace: as many requests in a window as the marketplace says, or as its refusals
 * have taught; none while it asks for patience; and one question at a time while it refuses the key (Agrenting API
 * reference, 13.1).
 */
export class KeyBudget {
  readonly #options: BudgetOptions;
  readonly #listeners = new Set<() => void>();
  /** What this process last knew, for as long as the store cannot say. */
  #last: RequestBudget | undefined;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Whether the marketplace refused the key when it was last asked, as far as this process knows. */
  get isRefused(): boolean {
    return (this.#last?.refusedWaitMs ?? 0) > 0;
  }

  /** Calls back whenever a key that was refused is taken again. Gives the function that ends it. */
  onTakenAgain(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Takes one request, if more than `reserveShare` (0 to 1) of the window is left after it. Of what is `paced` there is some
   * in every part of a window: what strangers cause does not use up in a moment what a rightful one waits for a minute later.
   */
  async take(reserveShare = 0, { paced = false } = {}): Promise<Permit> {
    return await this.#change((before) => taken(before, { reserveShare, paced }, this.#nowMs));
  }

  /** True when `take` would take one; takes none. */
  async has(reserveShare: number): Promise<boolean> {
    return await this.#change((before) => ({
      outcome: taken(before, { reserveShare, paced: false }, this.#nowMs).outcome.kind === 'go',
    }));
  }

  /** Counts a request that goes out in any case. */
  async spend(): Promise<void> {
    await this.#change((before) => ({
      after: { ...before, left: Math.max(0, before.left - 1) },
      outcome: undefined,
    }));
  }

  /** Follows what an answer says. */
  async heed(news: BudgetNews): Promise<void> {
    const takenAgain = await this.#change((before) => {
      const after = followed(before, news, this.#nowMs);
      return { after, outcome: before.refusedWaitMs > 0 && after.refusedWaitMs === 0 };
    });
    if (takenAgain) for (const listener of this.#listeners) listener();
  }

  /** Lets nothing out for so long. */
  async hold(waitMs: number): Promise<void> {
    await this.#change((before) => ({ after: held(before, waitMs, this.#nowMs), outcome: undefined }));
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }

  async #change<Outcome>(
    step: (before: RequestBudget) => { readonly after?: RequestBudget; readonly outcome: Outcome },
  ): Promise<Outcome> {
    const { name, budgets, perWindow } = this.#options;
    const change = (stored: RequestBudget | undefined) => {
      const before = present(stored ?? fresh(perWindow, this.#nowMs), perWindow, this.#nowMs);
      const { after, outcome } = step(before);
      this.#last = after ?? before;
      // Most answers tell nothing new, and each of them would be a write.
      return isDeepStrictEqual(after, stored) ? { outcome } : { after, outcome };
    };
    try {
      return await budgets.change(name, change);
    } catch {
      // The disk may be full, and hirings are to be settled all the same.
      return change(this.#last).outcome;
    }
  }
}

function fresh(perWindow: number, nowMs: number): RequestBudget {
  return {
    perWindow,
    statedUntilMs: 0,
    windowAtMs: nowMs,
    left: perWindow,
    heldUntilMs: 0,
    refusedWaitMs: 0,
    askAtMs: 0,
    askingUntilMs: 0,
  };
}

/**
 * The budget as it is now: a window that is over has given way to the next, a limit that was not stated again has lapsed,
 * and nothing lies further ahead than it can.
 */
function present(stored: RequestBudget, usual: number, nowMs: number): RequestBudget {
  const isLapsed = stored.statedUntilMs > 0 && stored.statedUntilMs <= nowMs;
  const budget = isLapsed ? { ...limitedTo(stored, usual), statedUntilMs: 0 } : stored;
  const { windowAtMs, heldUntilMs, askAtMs } = budget;
  const within = {
    ...budget,
    statedUntilMs: Math.min(budget.statedUntilMs, nowMs + STATED_MS.most),
    heldUntilMs: heldUntilMs > nowMs + MAX_HOLD_MS ? 0 : heldUntilMs,
    askAtMs: Math.min(askAtMs, nowMs + REFUSED.capMs),
    askingUntilMs: Math.min(budget.askingUntilMs, nowMs + QUESTION_MS),
  };
  // A clock that was set back begins a window as well.
  if (nowMs >= windowAtMs && nowMs < windowAtMs + WINDOW_MS) return within;
  const isStated = budget.statedUntilMs > 0;
  const perWindow = isStated
    ? budget.perWindow
    : Math.min(Math.max(usual, budget.perWindow), Math.ceil(budget.perWindow * GROWTH));
  return { ...within, perWindow, windowAtMs: nowMs, left: perWindow };
}

function taken(
  before: RequestBudget,
  { reserveShare, paced }: { readonly reserveShare: number; readonly paced: boolean },
  nowMs: number,
): { readonly after?: RequestBudget; readonly outcome: Permit } {
  const { heldUntilMs, askAtMs, askingUntilMs, left, perWindow, windowAtMs } = before;
  if (heldUntilMs > nowMs) return waits(heldUntilMs - nowMs, 'limit');
  const question = before.refusedWaitMs > 0;
  if (question && askAtMs > nowMs) return waits(askAtMs - nowMs, 'refused');
  if (question && askingUntilMs > nowMs) return waits(UNDER_WAY_MS, 'refused');
  const endsInMs = windowAtMs + WINDOW_MS - nowMs;
  const share = (left - 1) / perWindow - reserveShare;
  // The first one of a window may be of any rank, however few there are.
  const isFirst = left >= perWindow;
  if (share < 0 && !isFirst) return waits(endsInMs, 'limit');
  const waitMs = paced && !isFirst ? endsInMs - (share / PACED_SHARE) * WINDOW_MS : 0;
  if (waitMs > 0) return waits(Math.ceil(waitMs), 'limit');
  return {
    after: { ...before, left: left - 1, askingUntilMs: question ? nowMs + QUESTION_MS : 0 },
    outcome: { kind: 'go', question },
  };
}

function waits(waitMs: number, because: 'limit' | 'refused') {
  return { outcome: { kind: 'wait', waitMs: Math.max(1, waitMs), because } } as const;
}

function followed(before: RequestBudget, news: BudgetNews, nowMs: number): RequestBudget {
  return afterLimit(afterKey(before, news, nowMs), news, nowMs);
}

/** What the answer says of the key. One that does not come from behind the door says nothing. */
function afterKey(before: RequestBudget, { status, question }: BudgetNews, nowMs: number): RequestBudget {
  const { refusedWaitMs, askAtMs } = before;
  if (status === 401) {
    // Of several that were on their way together, one counts.
    if (refusedWaitMs > 0 && !question && askAtMs > nowMs) return before;
    const waitMs = refusedWaitMs === 0 ? REFUSED.baseMs : Math.min(REFUSED.capMs, refusedWaitMs * 2);
    return { ...before, refusedWaitMs: waitMs, askAtMs: nowMs + waitMs, askingUntilMs: 0 };
  }
  if (refusedWaitMs === 0) return before;
  const isTaken =
    (status >= 200 && status < 300) || status === 403 || status === 404 || status === 409 || status === 422;
  if (isTaken) return { ...before, refusedWaitMs: 0, askAtMs: 0, askingUntilMs: 0 };
  return question ? { ...before, askAtMs: nowMs + refusedWaitMs, askingUntilMs: 0 } : before;
}

/** What the answer says of the limit (Agrenting API reference, 13.1). */
function afterLimit(before: RequestBudget, { status, limits }: BudgetNews, nowMs: number): RequestBudget {
  const counted = limits.isOwn ? afterStatement(before, limits, nowMs) : before;
  if (status !== 429) return counted;
  const { resetMs = 0 } = limits;
  const windowLeftMs = Math.max(1, counted.windowAtMs + WINDOW_MS - nowMs);
  const waitMs = limits.retryAfterMs ?? (resetMs > 0 ? resetMs : windowLeftMs);
  const isNews = before.heldUntilMs <= nowMs;
  // A gateway's limit is none of the marketplace's, and may be for an address that many share.
  const teaches = limits.isOwn && isNews && counted.statedUntilMs === 0;
  const learned = teaches
    ? { ...counted, perWindow: Math.max(LEAST_LIMIT, Math.floor(counted.perWindow / 2)), left: 0 }
    : counted;
  return held(learned, waitMs, nowMs);
}

/** What the marketplace states of limit, rest and window. */
function afterStatement(before: RequestBudget, limits: StatedLimits, nowMs: number): RequestBudget {
  const { limit, remaining, resetMs = 0 } = limits;
  const budget = limit === undefined ? before : stating(before, limit, lapseOf(limits, nowMs));
  const left = remaining === undefined ? budget.left : Math.min(budget.left, remaining);
  // The first answer of a window of theirs: ours ends no earlier. What is on its way counts already.
  const begins = remaining !== undefined && limit !== undefined && remaining >= limit - 1;
  const counted = { ...budget, left, ...(begins && { windowAtMs: nowMs }) };
  // A window of theirs that ends later than ours has nothing left until then.
  const isLonger = nowMs + resetMs > counted.windowAtMs + WINDOW_MS;
  return remaining === 0 && isLonger ? held(counted, resetMs, nowMs) : counted;
}

/** When a limit lapses that is stated now. */
function lapseOf({ windowMs = 0, resetMs = 0 }: StatedLimits, nowMs: number): number {
  const { least, most, windows } = STATED_MS;
  return nowMs + Math.min(most, Math.max(least, windows * Math.max(windowMs, resetMs)));
}

function stating(before: RequestBudget, perWindow: number, untilMs: number): RequestBudget {
  const isNoted = before.perWindow === perWindow && untilMs - before.statedUntilMs < RESTATED_EVERY_MS;
  const statedUntilMs = isNoted ? before.statedUntilMs : Math.max(before.statedUntilMs, untilMs);
  return { ...limitedTo(before, perWindow), statedUntilMs };
}

/** What was used of the old limit is used of the new one: a higher limit is there at once. */
function limitedTo(before: RequestBudget, perWindow: number): RequestBudget {
  const left = Math.min(perWindow, Math.max(0, before.left + perWindow - before.perWindow));
  return { ...before, perWindow, left };
}

function held(before: RequestBudget, waitMs: number, nowMs: number): RequestBudget {
  const untilMs = nowMs + Math.min(waitMs, MAX_HOLD_MS);
  return { ...before, heldUntilMs: Math.max(before.heldUntilMs, untilMs) };
}

/** Budgets of one process, for processes without a store. */
export class MemoryRequestBudgets implements RequestBudgets {
  readonly #known = new Map<string, RequestBudget>();

  async change<Outcome>(
    name: string,
    change: (before: RequestBudget | undefined) => BudgetChange<Outcome>,
  ): Promise<Outcome> {
    const { after, outcome } = change(this.#known.get(name));
    if (after !== undefined) this.#known.set(name, after);
    return outcome;
  }
}
