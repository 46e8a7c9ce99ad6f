import {
  nextWaitMs,
  type Clock,
  type LongTexts,
  type Random,
  type ActivityLog,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { WatchedRoom } from './event-activity.ts';
import { problemOf, type HomeserverFailure } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import { LateGaps } from './late-gaps.ts';
import { createLongTextReader } from './long-message.ts';
import { joinMappedRooms } from './room.ts';
import type { RoomReport } from './room-report.ts';
import { SYNC_FILTER } from './sync-filter.ts';
import { syncOnce, type UnreadGap } from './sync.ts';

export interface RoomListenerOptions {
  readonly homeserver: Homeserver;
  readonly activityLog: ActivityLog & LongTexts;
  readonly clock: Clock;
  readonly random: Random;
  /** The rooms that the owner mapped, and whose activity counts there; asked again before each request. */
  readonly rooms: () => Promise<readonly WatchedRoom[]>;
  /**
   * The rooms of attempts, and whose activity counts there. Asked for behind each answer, since a room that was
   * opened meanwhile may stand in it.
   */
  readonly attemptRooms?: (() => Promise<readonly WatchedRoom[]>) | undefined;
  /** Where no position is stored yet: activities from this time on count. */
  readonly sinceMs: number;
  /** Told about what went wrong in passing; what lasts is in the status. */
  readonly report?: RoomReport | undefined;
  /** How long the homeserver waits for something to happen. Default 30,000. */
  readonly longPollMs?: number | undefined;
  /** The longest wait before an access token that was refused is tried again, in milliseconds. Default 300,000. */
  readonly tokenRetryMs?: number | undefined;
}

export interface ListenerStatus {
  /** `idle`: no rooms are mapped. `failing`: nothing is heard until `problem` is solved. */
  readonly state: 'stopped' | 'idle' | 'listening' | 'failing';
  /** When the homeserver last answered and its answer was stored. */
  readonly lastSyncAtMs: number | undefined;
  readonly problem: string | undefined;
  /** Rooms in which something that was missed is still to be read. */
  readonly unreadRooms: readonly string[];
}

export interface RoomListener {
  /** Listens until the signal aborts; resolves then and never rejects. One at a time for an account. */
  run(signal: AbortSignal): Promise<void>;
  status(): ListenerStatus;
}

const BACKOFF = { baseMs: 1_000, capMs: 60_000 };
const IDLE_WAIT_MS = 5_000;
/** Of what was said within the last minutes it matters soon whether more was said since: then no answer is waited for for long. */
const FRESH_MS = 120_000;
const FRESH_POLL_MS = 1_000;
/** How long the rooms that we are in are taken as known: an invitation that comes later waits as long. */
const MEMBERSHIP_HOLD_MS = { whole: 300_000, withProblems: 60_000, unknown: 10_000 } as const;
/** How often all rooms are asked for again because of one whose missed messages cannot be read; then it is passed by. */
const MAX_HELD_TURNS = 3;
const MAX_PASSED_BY = 10_000;

const filterAnswer = z.object({ filter_id: z.string().min(1) });

/**
 * Hears what workers do in their rooms and stores it together with the position up to which it is
 * complete, so that a crash between hearing and storing only means that it is heard again
 * (HiClaw reference, 13.6).
 */
export function createRoomListener(options: RoomListenerOptions): RoomListener {
  let status: ListenerStatus = {
    state: 'stopped',
    lastSyncAtMs: undefined,
    problem: undefined,
    unreadRooms: [],
  };
  const set = (change: Partial<ListenerStatus>) => {
    status = { ...status, ...change };
  };
  return {
    status: () => status,
    async run(signal) {
      const ear = new Ear(options, signal);
      let waitMs = 0;
      while (!signal.aborted) {
        const turn = await ear.listen();
        if (turn.kind === 'failed') {
          if (signal.aborted) break;
          waitMs = turn.waitMs ?? nextWaitMs(waitMs, { ...BACKOFF, ...turn.patience }, options.random);
          set({ state: 'failing', problem: turn.problem });
          await options.clock.sleep(waitMs, signal);
        } else if (turn.kind === 'idle') {
          set({ state: 'idle', problem: undefined });
          await options.clock.sleep(IDLE_WAIT_MS, signal);
        } else {
          waitMs = 0;
          set({
            state: 'listening',
            lastSyncAtMs: options.clock.nowMs(),
            problem: turn.problem,
            unreadRooms: ear.unreadRooms,
          });
        }
      }
      await ear.settled();
      set({ state: 'stopped' });
    },
  };
}

type Turn =
  | { readonly kind: 'synced'; readonly problem: string | undefined }
  | { readonly kind: 'idle' }
  /** `waitMs` is set where the wait is not a matter of patience growing. */
  | {
      readonly kind: 'failed';
      readonly problem: string;
      readonly waitMs?: number | undefined;
      readonly patience?: { readonly capMs: number };
    };

/** What one run of the listener remembers between two requests. */
class Ear {
  readonly #options: RoomListenerOptions;
  readonly #signal: AbortSignal;
  /** `unread` until the stored position was asked for. */
  #position: { readonly at: string | undefined } | 'unread' = 'unread';
  #sinceMs: number;
  #filterId: string | undefined;
  #membership: { readonly rooms: string; readonly untilMs: number; readonly problem: string | undefined };
  #refusals = 0;
  #heldTurns = 0;
  /** Up to when the stream was heard by the clock that is never set back, and what the log says of that. */
  #synced: { readonly untilElapsedMs: number; readonly listenedMs: number } | undefined;
  /** By the clock that is never set back: until then what was said is fresh. */
  #freshUntilMs = 0;
  /** Rooms that were passed by, and are waited for no more until what was missed there could be read. */
  readonly #passedBy = new Set<string>();
  readonly #longTexts: ReturnType<typeof createLongTextReader>;
  readonly #lateGaps: LateGaps;
  /** Rooms of which an answer was odd: each is reported once. */
  readonly #odd = new Set<string>();

  constructor(options: RoomListenerOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#sinceMs = options.sinceMs;
    this.#membership = { rooms: '', untilMs: 0, problem: undefined };
    const { homeserver, activityLog, clock, random, report } = options;
    this.#lateGaps = new LateGaps({ homeserver, activityLog, clock, random, report: report ?? (() => {}) });
    this.#longTexts = createLongTextReader({
      homeserver,
      longTexts: activityLog,
      nowMs: () => clock.nowMs(),
      report: (problem) => report?.(problem, { code: 'not_kept' }),
    });
  }

  get unreadRooms(): readonly string[] {
    return this.#lateGaps.roomIds;
  }

  /** Resolves when nothing goes on beside the loop any more. */
  async settled(): Promise<void> {
    await this.#longTexts.settled();
    await this.#lateGaps.settled();
  }

  async listen(): Promise<Turn> {
    try {
      return await this.#listen();
    } catch (error) {
      // The store or the map of rooms failed; the position stands where it was, and all is heard again.
      const problem = error instanceof Error ? error.message : 'unknown';
      return { kind: 'failed', problem: `the activity of workers could not be stored: ${problem}` };
    }
  }

  async #listen(): Promise<Turn> {
    const { homeserver, activityLog, clock, longPollMs = 30_000 } = this.#options;
    const rooms = await this.#options.rooms();
    if (rooms.length === 0) return { kind: 'idle' };
    if (this.#position === 'unread') {
      this.#position = { at: await activityLog.position(homeserver.userId) };
      // What was left unread when the last process ended.
      await this.#longTexts.wake(this.#signal);
      await this.#lateGaps.load(await this.#watched(rooms));
    }
    const roomProblem = await this.#checkMembership(rooms);
    const filter = await this.#ourFilter();
    if (filter.kind === 'failed') return this.#failed(filter.failure);

    const before = await this.#syncedBefore();
    const askedAtMs = clock.nowMs();
    const askedElapsedMs = clock.elapsedMs();
    const pollMs = askedElapsedMs < this.#freshUntilMs ? Math.min(FRESH_POLL_MS, longPollMs) : longPollMs;
    const outcome = await syncOnce(homeserver, {
      rooms: async () => await this.#watched(rooms),
      filterId: filter.id,
      position: this.#position.at,
      sinceMs: this.#sinceMs,
      longPollMs: pollMs,
      waitsFor: (roomId) => this.#heldTurns < MAX_HELD_TURNS && !this.#passedBy.has(roomId),
      nowMs: () => clock.nowMs(),
      signal: this.#signal,
    });
    if (outcome.kind === 'failed') {
      if (outcome.inRoom !== undefined) this.#heldTurns += 1;
      return this.#failed(outcome.failure);
    }
    this.#refusals = 0;
    this.#heldTurns = 0;
    // The process that took our place has stored a later position.
    if (this.#signal.aborted) return { kind: 'synced', problem: roomProblem };
    for (const roomId of outcome.readBack) this.#passedBy.delete(roomId);
    for (const gap of outcome.gaps) await this.#passBy(gap);
    this.#reportOdd(outcome.odd);
    // An answer holds all that was said before it was asked for; one that had nothing to tell waited for as long as it was told to.
    const hasWaited = outcome.activities.length === 0 && clock.elapsedMs() - askedElapsedMs >= pollMs;
    const waitedMs = hasWaited && this.#position.at !== undefined ? pollMs : 0;
    // In whole milliseconds; the rest is counted next time.
    const furtherMs = Math.max(0, Math.floor(askedElapsedMs + waitedMs - before.untilElapsedMs));
    const listened = {
      fromMs: before.listenedMs,
      untilMs: before.listenedMs + furtherMs,
      nowMs: before.listenedMs + Math.ceil(clock.elapsedMs() - before.untilElapsedMs),
    };
    await activityLog.record(
      homeserver.userId,
      outcome.position,
      outcome.activities,
      clock.nowMs(),
      askedAtMs + waitedMs,
      listened,
    );
    this.#synced = {
      untilElapsedMs: before.untilElapsedMs + furtherMs,
      listenedMs: listened.untilMs,
    };
    if (outcome.activities.some(({ kind }) => kind === 'message')) {
      this.#freshUntilMs = clock.elapsedMs() + FRESH_MS;
    }
    if (outcome.activities.some(({ longTextUrl }) => longTextUrl !== undefined)) {
      await this.#longTexts.wake(this.#signal);
    }
    this.#position = { at: outcome.position };
    if (this.#lateGaps.roomIds.length > 0) {
      this.#lateGaps.wake(await this.#watched(rooms), this.#signal);
    }
    return { kind: 'synced', problem: roomProblem };
  }

  /**
   * How far the stream was heard: as far as we know of ourselves, unless another has listened since, or before us. The time
   * that passed between it and us is not counted.
   */
  async #syncedBefore(): Promise<{ readonly untilElapsedMs: number; readonly listenedMs: number }> {
    const { homeserver, activityLog, clock } = this.#options;
    const listenedMs = await activityLog.listenedMs(homeserver.userId);
    if (this.#synced?.listenedMs === listenedMs) return this.#synced;
    return { untilElapsedMs: clock.elapsedMs(), listenedMs };
  }

  async #watched(rooms: readonly WatchedRoom[]): Promise<readonly WatchedRoom[]> {
    return [...rooms, ...((await this.#options.attemptRooms?.()) ?? [])];
  }

  async #passBy(unread: UnreadGap): Promise<void> {
    const { report } = this.#options;
    if (unread.kind === 'too_much') {
      const { roomId } = unread;
      report?.(`more was said in room ${roomId} than is read back; older messages there were not looked at`, {
        code: 'too_much',
        roomId,
      });
      return;
    }
    const { gap, failure } = unread;
    const { roomId } = gap;
    if (!this.#lateGaps.roomIds.includes(roomId)) {
      report?.(
        `what was missed in room ${roomId} cannot be read and was passed by, so that the other rooms are read; it is tried again later: ${problemOf(failure)}`,
        { code: 'unread', roomId },
      );
    }
    if (this.#passedBy.size < MAX_PASSED_BY) this.#passedBy.add(roomId);
    await this.#lateGaps.note(gap);
  }

  #reportOdd(odd: readonly string[]): void {
    for (const roomId of odd) {
      if (this.#odd.has(roomId) || this.#odd.size >= MAX_PASSED_BY) continue;
      this.#odd.add(roomId);
      this.#options.report?.(
        `the homeserver's answer about room ${roomId} is not what Matrix says; its messages are read one page after the other`,
        { code: 'odd_answer', roomId },
      );
    }
  }

  #failed(failure: HomeserverFailure): Turn {
    switch (failure.kind) {
      case 'limited': {
        const problem = `the homeserver asks to retry after ${failure.retryAfterMs} ms`;
        return { kind: 'failed', problem, waitMs: Math.max(BACKOFF.baseMs, failure.retryAfterMs) };
      }
      case 'token':
        return {
          kind: 'failed',
          problem: failure.problem,
          // A homeserver that starts may say it for a moment; one that means it is asked ever more rarely.
          patience: { capMs: this.#options.tokenRetryMs ?? 300_000 },
        };
      case 'lost':
        return { kind: 'failed', problem: failure.problem };
      case 'refused':
        this.#afterRefusal(failure.status);
        return { kind: 'failed', problem: failure.problem };
    }
  }

  /** The homeserver may have forgotten our filter or, when it was set up again, our position. */
  #afterRefusal(status: number): void {
    this.#filterId = undefined;
    this.#refusals += 1;
    const started = this.#position !== 'unread' && this.#position.at !== undefined;
    if (status !== 400 || this.#refusals < 2 || !started) return;
    this.#position = { at: undefined };
    this.#options.report?.('the homeserver does not know the stored position; listening starts over', {
      code: 'begun_anew',
    });
  }

  async #checkMembership(rooms: readonly WatchedRoom[]): Promise<string | undefined> {
    // By the clock that is never set back.
    const nowMs = this.#options.clock.elapsedMs();
    const key = rooms.map((room) => room.roomId).join(' ');
    if (this.#membership.rooms === key && nowMs < this.#membership.untilMs) return this.#membership.problem;
    const { problems, isWhole } = await joinMappedRooms(this.#options.homeserver, rooms, this.#signal);
    const problem = problems.length === 0 ? undefined : problems.join('; ');
    const known = problem === undefined ? 'whole' : 'withProblems';
    const holdMs = MEMBERSHIP_HOLD_MS[isWhole ? known : 'unknown'];
    this.#membership = { rooms: key, untilMs: nowMs + holdMs, problem };
    return problem;
  }

  async #ourFilter() {
    const { homeserver } = this.#options;
    if (this.#filterId !== undefined) return { kind: 'filter', id: this.#filterId } as const;
    const stored = await homeserver.call({
      method: 'POST',
      path: `/v3/user/${encodeURIComponent(homeserver.userId)}/filter`,
      body: SYNC_FILTER,
      answer: filterAnswer,
      signal: this.#signal,
    });
    if (stored.kind === 'failed') return stored;
    this.#filterId = stored.value.filter_id;
    return { kind: 'filter', id: stored.value.filter_id } as const;
  }
}
