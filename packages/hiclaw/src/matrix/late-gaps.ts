import { nextWaitMs, type Clock, type Random, type ActivityLog } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { WatchedRoom } from './event-activity.ts';
import { problemOf } from './failure.ts';
import type { Homeserver } from './homeserver.ts';
import type { RoomReport } from './room-report.ts';
import type { Gap } from './missed-events.ts';
import { readGap } from './sync.ts';

export interface LateGapsOptions {
  readonly homeserver: Homeserver;
  readonly activityLog: ActivityLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: RoomReport;
}

interface LateGap {
  readonly gap: Gap;
  readonly notedAtMs: number;
  readonly waitMs: number;
  readonly dueAtMs: number;
}

const WAITS = { baseMs: 5_000, capMs: 300_000 };
/** After so long the work that it was about is over. */
const MAX_AGE_MS = 24 * 3_600_000;
const MAX_GAPS = 1_000;
/** How many are read in one go, so that none of many waits forever. */
const MAX_READS = 20;

const noted = z.object({
  fromToken: z.string(),
  toToken: z.string().optional(),
  sinceMs: z.number(),
  notedAtMs: z.number(),
});

/**
 * What was missed in rooms and could not be read at the time. It is kept in the log, each room as a stream of its own, so
 * that it outlives the process, and is read beside the loop that hears all rooms as soon as its room can be read again.
 */
export class LateGaps {
  readonly #options: LateGapsOptions;
  readonly #gaps = new Map<string, LateGap>();
  #running: Promise<void> | undefined;

  constructor(options: LateGapsOptions) {
    this.#options = options;
  }

  /** Rooms in which something is still unread. */
  get roomIds(): readonly string[] {
    return [...this.#gaps.keys()];
  }

  /** Takes up what an earlier process left unread. */
  async load(rooms: readonly WatchedRoom[]): Promise<void> {
    const { activityLog, clock } = this.#options;
    for (const roomId of new Set(rooms.map((room) => room.roomId))) {
      const stored = await activityLog.position(this.#stream(roomId));
      const parsed = stored === undefined || stored === '' ? undefined : noted.safeParse(jsonOf(stored)).data;
      if (parsed === undefined || this.#gaps.size >= MAX_GAPS) continue;
      const { notedAtMs, ...gap } = parsed;
      this.#gaps.set(roomId, {
        gap: { roomId, ...gap, toToken: gap.toToken },
        notedAtMs,
        waitMs: 0,
        dueAtMs: clock.nowMs(),
      });
    }
  }

  /** Keeps a gap before the place in the stream of all rooms moves past it. */
  async note(gap: Gap): Promise<void> {
    const { clock, random } = this.#options;
    const known = this.#gaps.get(gap.roomId);
    if (known === undefined && this.#gaps.size >= MAX_GAPS) return;
    // One gap of a room, from the oldest end of the first to the newest of the last.
    const whole: Gap = known === undefined ? gap : { ...known.gap, fromToken: gap.fromToken };
    const nowMs = clock.nowMs();
    const notedAtMs = known?.notedAtMs ?? nowMs;
    const waitMs = known?.waitMs ?? nextWaitMs(0, WAITS, random);
    const late = { gap: whole, notedAtMs, waitMs, dueAtMs: known?.dueAtMs ?? nowMs + waitMs };
    this.#gaps.set(gap.roomId, late);
    await this.#store(gap.roomId, textOf(late));
  }

  /** Begins to read what is due, unless that is under way; `watched` says whose activity counts. */
  wake(watched: readonly WatchedRoom[], signal: AbortSignal): void {
    if (this.#gaps.size === 0 || this.#running !== undefined) return;
    this.#running = this.#readDue(watched, signal)
      .catch((error: unknown) => {
        const problem = error instanceof Error ? error.message : 'unknown';
        this.#options.report(`what was missed in a room could not be kept: ${problem}`, { code: 'not_kept' });
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when nothing is being read. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #readDue(watched: readonly WatchedRoom[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const due = [...this.#gaps].filter(([, { dueAtMs }]) => dueAtMs <= clock.nowMs()).slice(0, MAX_READS);
    for (const [roomId, late] of due) {
      if (signal.aborted) return;
      await this.#read(
        roomId,
        late,
        watched.filter((room) => room.roomId === roomId),
        signal,
      );
    }
  }

  async #read(
    roomId: string,
    late: LateGap,
    watched: readonly WatchedRoom[],
    signal: AbortSignal,
  ): Promise<void> {
    const { homeserver, activityLog, clock, random, report } = this.#options;
    for (const room of watched) {
      const read = await readGap(homeserver, room, late.gap, { nowMs: () => clock.nowMs(), signal });
      if (signal.aborted) return;
      if (read.kind === 'failed') {
        if (clock.nowMs() - late.notedAtMs < MAX_AGE_MS) {
          const waitMs = nextWaitMs(late.waitMs, WAITS, random);
          const current = this.#gaps.get(roomId) ?? late;
          this.#gaps.set(roomId, { ...current, waitMs, dueAtMs: clock.nowMs() + waitMs });
          return;
        }
        report(
          `what was missed in room ${roomId} could not be read for a day and is given up: ${problemOf(read.failure)}`,
          { code: 'given_up', roomId },
        );
      }
      if (read.activities.length > 0) {
        const activities = read.activities.map((activity) => Object.assign({ readLate: true }, activity));
        await activityLog.record(this.#stream(roomId), textOf(late), activities, clock.nowMs());
      }
    }
    // It may have grown meanwhile: then the rest is read next.
    const current = this.#gaps.get(roomId);
    if (current !== undefined && current.gap.fromToken !== late.gap.fromToken) {
      await this.#shrink(roomId, current, late.gap.fromToken);
      return;
    }
    this.#gaps.delete(roomId);
    await this.#store(roomId, '');
    if (watched.length > 0)
      report(`what was missed in room ${roomId} was read`, { code: 'read_late', roomId });
  }

  async #shrink(roomId: string, current: LateGap, toToken: string): Promise<void> {
    const late = { ...current, gap: { ...current.gap, toToken } };
    this.#gaps.set(roomId, late);
    await this.#store(roomId, textOf(late));
  }

  #stream(roomId: string): string {
    return `${this.#options.homeserver.userId} ${roomId}`;
  }

  async #store(roomId: string, text: string): Promise<void> {
    const { activityLog, clock } = this.#options;
    await activityLog.record(this.#stream(roomId), text, [], clock.nowMs());
  }
}

function textOf({ gap: { fromToken, toToken, sinceMs }, notedAtMs }: LateGap): string {
  return JSON.stringify({ fromToken, toToken, sinceMs, notedAtMs });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
