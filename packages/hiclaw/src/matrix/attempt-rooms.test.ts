import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerTask, LoggedRoom, RoomLog } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { actAsWorker } from '../test/worker-account.ts';
import { assignmentTo, machineClock, startWorld, taskId, type World } from '../test/world.ts';
import { createAttemptRooms, createMessenger, leaveEndedRooms } from '../index.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const rooms = (watchers: readonly string[] = []) =>
  createAttemptRooms({ homeserver: world.homeserver, watchers });

function order(): WorkerTask {
  const { worker, hiringId, attempt } = assignmentTo(world.worker);
  return { worker, hiringId, attempt, taskId };
}

async function opened(watchers?: readonly string[]): Promise<string> {
  const outcome = await rooms(watchers).open(order());
  if (outcome.kind !== 'open') throw new Error(JSON.stringify(outcome));
  return outcome.roomId;
}

const ownRooms = () => world.hiclaw.rooms().filter(({ name }) => String(name).startsWith('Agrenting'));
const eventsOf = (roomId: string, type: string) =>
  world.hiclaw.timeline(roomId).filter((event) => event['type'] === type);
const memberEvent = z.object({ state_key: z.string(), content: z.object({ membership: z.string() }) });
const membersOf = (roomId: string): Record<string, string> =>
  Object.fromEntries(
    eventsOf(roomId, 'm.room.member').map((event) => {
      const { state_key: userId, content } = memberEvent.parse(event);
      return [userId, content.membership];
    }),
  );
const logged = (roomId: string): LoggedRoom => ({ roomId, taskId, userId: world.worker.userId });

describe('createAttemptRooms', () => {
  it("opens a room with the hiring in its topic and nothing of the hirer's", async () => {
    const roomId = await opened();
    const { hiringId } = order();
    expect(eventsOf(roomId, 'm.room.topic')).toMatchObject([
      { content: { topic: `Hiring ${hiringId}, attempt 1, task [${taskId}]` } },
    ]);
    expect(eventsOf(roomId, 'm.room.create')).toMatchObject([{ content: { room_version: '11' } }]);
    expect(membersOf(roomId)).toEqual({
      [world.homeserver.userId]: 'join',
      [world.worker.userId]: 'invite',
    });
  });

  it('invites who is to watch', async () => {
    const roomId = await opened(['@admin:matrix-local.hiclaw.io:18080']);
    expect(membersOf(roomId)).toHaveProperty(['@admin:matrix-local.hiclaw.io:18080'], 'invite');
  });

  it('finds the room again whose making was answered into the void', async () => {
    world.hiclaw.faults.homeserver.add({ kind: 'connection_lost_after_apply', operation: 'createRoom' });
    expect(await rooms().open(order())).toMatchObject({ kind: 'unavailable' });
    const roomId = await opened();
    expect(await opened()).toBe(roomId);
    expect(ownRooms().map((room) => room.roomId)).toEqual([roomId]);
  });

  it('invites the worker again that has left', async () => {
    const roomId = await opened();
    const act = await actAsWorker(world);
    await act('POST', `/rooms/${encodeURIComponent(roomId)}/join`, {});
    await act('POST', `/rooms/${encodeURIComponent(roomId)}/leave`, {});
    expect(membersOf(roomId)).toHaveProperty([world.worker.userId], 'leave');
    expect(await opened()).toBe(roomId);
    expect(membersOf(roomId)).toHaveProperty([world.worker.userId], 'invite');
  });

  it("takes no room of another's that has its address", async () => {
    const act = await actAsWorker(world);
    await act('POST', '/createRoom', { room_alias_name: `${taskId}-${world.worker.name}` });
    const outcome = await rooms().open(order());
    expect(outcome).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('delete the address'),
    });
  });

  it.each([
    ['patience', { kind: 'rate_limit' }, { kind: 'limited', retryAfterMs: 1_000 }],
    [502, { kind: 'error_before_apply', status: 502 }, { kind: 'unavailable' }],
    [401, { kind: 'error_before_apply', status: 401 }, { kind: 'refused' }],
    [
      403,
      { kind: 'error_before_apply', status: 403 },
      { kind: 'refused', problem: expect.stringContaining('could not be created') },
    ],
  ] as const)('says whether an answer %s is worth another try', async (_, fault, outcome) => {
    world.hiclaw.faults.homeserver.add({ operation: 'createRoom', ...fault });
    expect(await rooms().open(order())).toMatchObject(outcome);
  });

  it('sends nothing into it before the worker is there', async () => {
    const worker = { ...world.worker, roomId: await opened() };
    const messenger = createMessenger({ homeserver: world.homeserver, clock: machineClock });
    expect(await messenger.send(assignmentTo(worker))).toMatchObject({ kind: 'not_joined' });
    const act = await actAsWorker(world);
    await act('POST', `/rooms/${encodeURIComponent(worker.roomId)}/join`, {});
    expect(await messenger.send(assignmentTo(worker))).toMatchObject({ kind: 'sent' });
  });

  it('is left with the worker sent out and its address free, and leaving again is harmless', async () => {
    const roomId = await opened();
    const act = await actAsWorker(world);
    await act('POST', `/rooms/${encodeURIComponent(roomId)}/join`, {});
    expect(await rooms().leave(logged(roomId))).toEqual({ kind: 'left' });
    expect(await rooms().leave(logged(roomId))).toEqual({ kind: 'left' });
    expect(membersOf(roomId)).toEqual({
      [world.homeserver.userId]: 'leave',
      [world.worker.userId]: 'leave',
    });
    expect(await opened()).not.toBe(roomId);
  });

  it('is not taken for left while the homeserver does not answer', async () => {
    const roomId = await opened();
    world.hiclaw.faults.homeserver.add({ kind: 'error_before_apply', operation: 'leave' });
    expect(await rooms().leave(logged(roomId))).toMatchObject({ kind: 'not_left' });
    expect(await rooms().leave(logged(roomId))).toEqual({ kind: 'left' });
  });
});

describe('leaveEndedRooms', () => {
  it('leaves what ended long enough ago, and tries again what it could not leave', async () => {
    const roomId = await opened();
    const open = new Map([[roomId, logged(roomId)]]);
    const asked: number[] = [];
    const log: RoomLog = {
      inUse: () => Promise.resolve([]),
      ended(beforeMs) {
        asked.push(beforeMs);
        return Promise.resolve([...open.values()]);
      },
      left(id) {
        open.delete(id);
        return Promise.resolve();
      },
    };
    world.hiclaw.faults.homeserver.add({ kind: 'error_before_apply', operation: 'leave' });
    const stop = new AbortController();
    const problems: string[] = [];
    const running = leaveEndedRooms(
      {
        rooms: rooms(),
        log,
        clock: { ...machineClock, nowMs: () => 10_000 },
        keepMs: 4_000,
        everyMs: 10,
        report: (problem) => problems.push(problem),
      },
      stop.signal,
    );
    while (open.size > 0) await delay(10);
    stop.abort();
    await running;
    expect(asked[0]).toBe(6_000);
    expect(problems).toEqual([expect.stringContaining(`room ${roomId} could not be left yet`)]);
    expect(membersOf(roomId)).toHaveProperty([world.homeserver.userId], 'leave');
  });
});
