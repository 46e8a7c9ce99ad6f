import type { Clock, RoomLog } from '@agrenting-hiclaw/core/domain';
import type { OwnedRooms } from './attempt-rooms.ts';

export interface RoomKeeperOptions {
  readonly rooms: OwnedRooms;
  readonly log: RoomLog;
  readonly clock: Clock;
  /** How long a room stays for people who want to look, after its attempt has ended; milliseconds. */
  readonly keepMs: number;
  /** Told about rooms that could not be left yet. */
  readonly report?: ((problem: string) => void) | undefined;
  /** From one look to the next. Default 60,000. */
  readonly everyMs?: number | undefined;
}

/** Rooms left at one look: each is four requests, and the homeserver has other things to do. */
const MAX_AT_ONCE = 20;

/** Leaves the rooms of attempts that ended, until the signal aborts. Never rejects. */
export async function leaveEndedRooms(options: RoomKeeperOptions, signal: AbortSignal): Promise<void> {
  const { rooms, log, clock, keepMs, everyMs = 60_000 } = options;
  while (!signal.aborted) {
    try {
      for (const room of await log.ended(clock.nowMs() - keepMs, MAX_AT_ONCE)) {
        if (signal.aborted) return;
        const outcome = await rooms.leave(room);
        if (outcome.kind === 'left') {
          await log.left(room.roomId, clock.nowMs());
        } else {
          options.report?.(`room ${room.roomId} could not be left yet: ${outcome.problem}`);
          break;
        }
      }
    } catch (error) {
      options.report?.(`rooms could not be left: ${error instanceof Error ? error.message : 'unknown'}`);
    }
    await clock.sleep(everyMs, signal);
  }
}
