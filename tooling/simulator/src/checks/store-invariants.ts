import {
  EVENTS,
  isEnd,
  MONEY_EVENTS,
  next,
  STATES,
  type Event,
  type State,
} from '@agrenting-hiclaw/core/domain';
import type { Disk, TransitionRow } from '../disk.ts';
import { CANARY } from '../outside/hirers.ts';
import type { Violations } from '../violations.ts';
import { ReportedMoney } from './money.ts';

const isState = (text: string): text is State => STATES.some((state) => state === text);
const isEvent = (text: string): text is Event => Object.hasOwn(EVENTS, text);

/** What a hiring waits until it is looked at again, at the most. */
const LONGEST_WAIT_MS = 3_600_000;

/** What must be so in the file after every single thing that happens. */
export class StoreInvariants {
  readonly #disk: Disk;
  readonly #violations: Violations;
  /** The state of each attempt by its history. */
  readonly #states = new Map<string, string>();
  readonly #money: ReportedMoney;
  #lastSequence = 0;
  #version = -1;

  constructor(disk: Disk, violations: Violations) {
    this.#disk = disk;
    this.#violations = violations;
    this.#money = new ReportedMoney(violations);
  }

  check(): void {
    const version = this.#disk.version();
    if (version === this.#version) return;
    this.#version = version;
    for (const transition of this.#disk.transitionsAfter(this.#lastSequence)) {
      this.#lastSequence = transition.sequence;
      this.#checkMove(transition);
    }
    for (const { id, state, attempt, dueAtMs } of this.#disk.hirings()) {
      const told = this.#states.get(`${id} ${attempt}`) ?? 'received';
      const known = attempt > 0 || told !== 'received' ? told : (this.#states.get(`${id} 0`) ?? 'received');
      if (state !== known)
        this.#broken('the history tells the state', `${id} is ${state}, by its history ${known}`);
      if (dueAtMs === null && isState(state) && !isEnd(state)) {
        this.#violations.add('lost', 'every open hiring has a due time', `${id} is ${state} and never due`);
      }
    }
  }

  /**
   * Once everything is over, and a while after the clock was set last: what is due later than anything may wait was made
   * due by a clock that was ahead, and nobody looks at it for as long.
   */
  checkWaits(nowMs: number): void {
    for (const { id, state, dueAtMs } of this.#disk.hirings()) {
      const waitMs = (dueAtMs ?? 0) - nowMs;
      if (waitMs <= LONGEST_WAIT_MS) continue;
      const detail = `${id} is ${state} and due in ${Math.round(waitMs / 1000)} s`;
      this.#violations.add('lost', 'nothing waits for longer than anything may', detail);
    }
  }

  /** Once everything is over. */
  checkSecrets(): void {
    for (const { id, state, hasToken } of this.#disk.hirings()) {
      if (hasToken === 1 && isState(state) && isEnd(state)) {
        this.#broken('an end takes the repository token with it', `${id} is ${state} and has a token`);
      }
    }
    for (const { hiringId, number, state, hasToken } of this.#disk.attempts()) {
      if (hasToken === 1 && isState(state) && isEnd(state)) {
        this.#broken('an end takes the repository token with it', `${hiringId} a${number} has a token`);
      }
    }
    if (this.#disk.holds(CANARY)) this.#broken('no secret lies open in the file', CANARY);
  }

  #checkMove({ hiringId, attempt, fromState, event, toState, cause }: TransitionRow): void {
    const name = `${hiringId} ${attempt}`;
    const before = this.#states.get(name) ?? this.#stateBeforeFirst(hiringId, attempt);
    const what = `${name}: ${fromState} ${event} ${toState}`;
    if (Object.hasOwn(MONEY_EVENTS, event)) {
      const isAtEnd = isState(before) && isEnd(before) && before === fromState && before === toState;
      if (!isAtEnd) this.#broken('money moves no state', what);
      this.#money.told(name, event);
      return;
    }
    if (!isState(fromState) || !isEvent(event) || next(fromState, event) !== toState) {
      this.#broken('moves follow the table', what);
    }
    if (before !== fromState) this.#broken('moves follow each other', `${what}, but it was ${before}`);
    if (isState(before) && isEnd(before)) {
      if (attempt > 0 || event !== 'confirmed')
        this.#violations.add('doubled', 'ends never change', `${what} after ${before}`);
    }
    if (cause === '') this.#broken('every move has a cause', what);
    if (cause.includes(CANARY)) this.#broken('no secret is revealed', `cause of ${what}`);
    this.#states.set(name, toState);
    if (isState(toState) && isEnd(toState)) this.#money.ended(name, toState);
  }

  /** A first attempt begins where the hiring without one was waiting, unless that had ended. */
  #stateBeforeFirst(hiringId: string, attempt: number): string {
    const unopened = attempt > 0 ? this.#states.get(`${hiringId} 0`) : undefined;
    return unopened === 'attention' && !this.#hasOpened(hiringId, attempt) ? 'attention' : 'received';
  }

  #hasOpened(hiringId: string, before: number): boolean {
    return Array.from({ length: before - 1 }, (_, index) => index + 1).some((number) =>
      this.#states.has(`${hiringId} ${number}`),
    );
  }

  #broken(rule: string, detail: string): void {
    this.#violations.add('broken', rule, detail);
  }
}
