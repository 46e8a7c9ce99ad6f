import { TheirClock } from '@agrenting-hiclaw/core/domain';
import { describe, expect, it } from 'vitest';
import { quietWorker, startWorld, taskId, assignmentTo, machineClock } from '../test/world.ts';
import { ephemeralActivities } from './event-activity.ts';
import { eventTimeMs } from './event-time.ts';
import { createMessenger } from './messenger.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 10);
const TEN_MINUTES_MS = 600_000;

/** A clock that is known to be so far ahead. */
function clockAhead(aheadMs: number): TheirClock {
  const clock = new TheirClock();
  clock.note({ theirMs: NOW_MS + aheadMs, resolutionMs: 0, askedAtMs: NOW_MS, cameAtMs: NOW_MS });
  return clock;
}

describe.each([-TEN_MINUTES_MS, 0, TEN_MINUTES_MS])('a homeserver whose clock is %d ms ahead', (aheadMs) => {
  const clock = clockAhead(aheadMs);
  const minuteAgo = NOW_MS - 60_000;

  it('tells when something happened by the age that it counts', () => {
    const event = { origin_server_ts: minuteAgo + aheadMs, age_ms: 60_000 };
    expect(eventTimeMs(event, new TheirClock(), NOW_MS)).toBe(minuteAgo);
  });

  it('and, without an age, by what is known of its clock', () => {
    expect(eventTimeMs({ origin_server_ts: minuteAgo + aheadMs }, clock, NOW_MS)).toBe(minuteAgo);
    const room = { roomId: '!r:x', userId: '@w:x' };
    const content = { $ours: { 'm.read': { '@w:x': { ts: minuteAgo + aheadMs } } } };
    const [receipt] = ephemeralActivities(room, { type: 'm.receipt', content }, NOW_MS, (ms) =>
      clock.toOurs(ms),
    );
    expect(receipt?.atMs).toBe(minuteAgo);
  });

  it('nothing that it tells lies in our future', () => {
    expect(eventTimeMs({ origin_server_ts: NOW_MS + aheadMs + 5_000 }, clock, NOW_MS)).toBe(NOW_MS);
  });

  it('an assignment that is found in a room was sent when we sent it', async () => {
    const hiclaw = { ...machineClock, now: () => Date.now() + aheadMs };
    const world = await startWorld({
      ...quietWorker,
      clock: { now: hiclaw.now, sleep: async () => await Promise.resolve() },
    });
    const messenger = createMessenger({ homeserver: world.homeserver, clock: machineClock });
    const message = assignmentTo(world.worker, 1);
    const beforeMs = Date.now();
    await messenger.send(message);
    const target = { worker: world.worker, hiringId: message.hiringId, attempt: message.attempt };
    const found = await messenger.findAssignments(target, beforeMs);
    const afterMs = Date.now();
    if (found.kind !== 'found') throw new Error(found.problem);
    expect(found.messages.map((one) => one.taskId)).toEqual([taskId]);
    for (const { sentAtMs } of found.messages) {
      expect(sentAtMs).toBeGreaterThanOrEqual(beforeMs - 2_000);
      expect(sentAtMs).toBeLessThanOrEqual(afterMs + 2_000);
    }
    await world.close();
  });
});
