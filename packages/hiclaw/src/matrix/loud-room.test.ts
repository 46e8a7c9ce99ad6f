import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMessenger, createRoomListener, type Homeserver } from '../index.ts';
import { actAsWorker } from '../test/worker-account.ts';
import {
  assignmentTo,
  eventually,
  homeserverOf,
  machineClock,
  MemoryActivityLog,
  quietWorker,
  SkippingClock,
  startWorld,
  taskId,
  hiring,
  type World,
} from '../test/world.ts';
import type { RoomProblem } from './room-report.ts';

const LOUD = Array.from({ length: 6 }, (_, index) => `loud${index}`);
/** Ahead of the machine's time by a second for each look at it. */
class HastyClock extends SkippingClock {
  #looks = 0;

  override nowMs(): number {
    this.#looks += 1;
    return super.nowMs() + this.#looks * 1_000;
  }
}

/** Nearly what a homeserver takes as one message. */
const LONG = 'x'.repeat(60_000);

describe('a worker that says more than one answer holds', () => {
  let world: World;
  let activityLog: MemoryActivityLog;
  let reports: string[];
  let codes: RoomProblem[];
  let opened: Homeserver[];

  beforeEach(async () => {
    const names = ['alice', ...LOUD];
    world = await startWorld({ ...quietWorker, workers: names.map((name) => ({ name, running: false })) });
    activityLog = new MemoryActivityLog();
    reports = [];
    codes = [];
    opened = [];
  });
  afterEach(async () => {
    for (const homeserver of opened) homeserver.close();
    await world.close();
  });

  function bounded(maxAnswerBytes?: number): Homeserver {
    const homeserver = homeserverOf(world.hiclaw, world.hiclaw.homeserver.url, maxAnswerBytes);
    opened.push(homeserver);
    return homeserver;
  }

  const loud = () => LOUD.map((name) => world.hiclaw.worker(name));

  /** Listens until `done`, beginning where the last run ended. */
  async function listenUntil(what: string, done: () => boolean, homeserver: Homeserver): Promise<void> {
    const listener = createRoomListener({
      homeserver,
      activityLog,
      clock: new HastyClock(),
      random: () => 0,
      rooms: () => Promise.resolve([...loud(), world.worker]),
      sinceMs: 0,
      longPollMs: 500,
      report(problem, lastFailure) {
        reports.push(problem);
        codes.push(lastFailure);
      },
    });
    const stop = new AbortController();
    const ended = listener.run(stop.signal);
    try {
      await eventually(what, done);
    } finally {
      stop.abort();
      await ended;
    }
  }

  const beginListening = async () =>
    await listenUntil('it has a position', () => activityLog.positions.length > 0, bounded());
  const say = ({ userId, roomId }: { userId: string; roomId: string }, body: string) =>
    world.hiclaw.say(userId, roomId, { msgtype: 'm.text', body });
  const isReceived = () => activityLog.texts().includes('alice is done');

  function shout(count: number): string[] {
    const said: string[] = [];
    for (const room of loud()) {
      for (let index = 0; index < count; index += 1) {
        const text = `${index} ${LONG}`;
        say(room, text);
        said.push(text);
      }
    }
    return said;
  }

  it.each([
    ['fifty long messages in each of six rooms', undefined, 50],
    ['one of each room is too much already', 200_000, 10],
  ])('is heard, and so are the others: %s', async (_what, maxAnswerBytes, count) => {
    await beginListening();
    const said = shout(count);
    say(world.worker, 'alice is done');
    await listenUntil('alice is heard', isReceived, bounded(maxAnswerBytes));
    expect(activityLog.texts()).toEqual([...said, 'alice is done']);
    expect(reports).toEqual([]);
  });

  it('is passed by where a message is larger than all that is read, and the others are heard', async () => {
    await beginListening();
    const { userId, roomId } = world.hiclaw.worker('loud0');
    say({ userId, roomId }, LONG);
    say(world.worker, 'alice is done');
    await listenUntil('alice is heard', isReceived, bounded(30_000));
    expect(reports).toEqual([expect.stringContaining(`in room ${roomId} cannot be read`)]);
  });

  it.each([403, 404, 500])('is passed by when its room answers %i forever', async (status) => {
    await beginListening();
    const { userId, roomId } = world.hiclaw.worker('loud0');
    for (let index = 0; index < 60; index += 1) say({ userId, roomId }, `line ${index}`);
    say(world.worker, 'alice is done');
    world.hiclaw.faults.homeserver.add({
      kind: 'error_before_apply',
      operation: 'messages',
      times: 1_000,
      status,
    });
    await listenUntil('alice is heard', isReceived, bounded());
    // What stood in the answer itself is kept.
    expect(activityLog.texts()).toContain('line 59');
    expect(reports).toEqual([expect.stringContaining(`in room ${roomId} cannot be read`)]);
  });

  it.each(['in the same process', 'after a restart'])(
    'is read later, in its order, when its room can be read again: %s',
    async (when) => {
      await beginListening();
      const { userId, roomId } = world.hiclaw.worker('loud0');
      const lines = Array.from({ length: 60 }, (_, index) => `line ${index}`);
      for (const line of lines) say({ userId, roomId }, line);
      say(world.worker, 'alice is done');
      world.hiclaw.faults.homeserver.add({
        kind: 'error_before_apply',
        operation: 'messages',
        times: 1_000,
        status: 500,
      });
      const healed = () => {
        if (isReceived()) world.hiclaw.faults.homeserver.clear();
        return activityLog.texts().includes('line 39');
      };
      await listenUntil('alice is heard', when === 'after a restart' ? isReceived : healed, bounded());
      world.hiclaw.faults.homeserver.clear();
      await listenUntil('the rest is heard', () => activityLog.texts().includes('line 39'), bounded());
      expect(new Set(activityLog.texts())).toEqual(new Set([...lines, 'alice is done']));
      const missed = activityLog.texts().filter((text) => /^line (?:[0-9]|[1-3]\d)$/.test(text ?? ''));
      expect(missed).toEqual(lines.slice(0, 40));
      const late = activityLog.activities.filter(({ readLate }) => readLate === true);
      expect(late.map(({ text }) => text)).toEqual(lines.slice(0, 40));
      for (const { saidAtMs } of activityLog.activities) expect(saidAtMs).toBeTypeOf('number');
      expect(codes).toContainEqual({ code: 'unread', roomId });
      expect(codes).toContainEqual({ code: 'read_late', roomId });
    },
  );

  it('holds nobody up by invitations with long names', async () => {
    await beginListening();
    const act = await actAsWorker(world);
    for (let index = 0; index < 5; index += 1) {
      await act('POST', '/createRoom', { name: LONG, invite: [world.homeserver.userId] });
    }
    say(world.worker, 'alice is done');
    await listenUntil('alice is heard', isReceived, bounded(200_000));
    expect(activityLog.texts()).toEqual(['alice is done']);
  });

  it('does not hide what we sent it', async () => {
    const homeserver = bounded(200_000);
    const messenger = createMessenger({ homeserver, clock: machineClock });
    const sent = await messenger.send(assignmentTo(world.worker));
    expect(sent.kind).toBe('sent');
    for (let index = 0; index < 60; index += 1) say(world.worker, LONG);
    const attempt = { hiringId: hiring.hiringId, attempt: 1, worker: world.worker };
    expect(await messenger.findAssignments(attempt, 0)).toMatchObject({
      kind: 'found',
      messages: [{ taskId, number: 1 }],
    });
  });
});
