import { z } from 'zod';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAnsweringServer } from '../test/answering-server.ts';
import { actAsWorker } from '../test/worker-account.ts';
import {
  eventually,
  homeserverOf,
  machineClock,
  MemoryActivityLog,
  SkippingClock,
  startWorld,
  type World,
} from '../test/world.ts';
import { createRoomListener, type RoomListener, type RoomListenerOptions } from '../index.ts';

describe('createRoomListener', () => {
  let world: World;
  let activityLog: MemoryActivityLog;
  let running: { readonly stop: AbortController; readonly ended: Promise<void> }[];

  beforeEach(async () => {
    world = await startWorld();
    activityLog = new MemoryActivityLog();
    running = [];
  });
  afterEach(async () => {
    await stopAll();
    await world.close();
  });

  function listen(change: Partial<RoomListenerOptions> = {}): RoomListener {
    const listener = createRoomListener({
      homeserver: world.homeserver,
      activityLog,
      clock: machineClock,
      random: () => 0,
      rooms: () => Promise.resolve([world.worker]),
      sinceMs: Date.now(),
      longPollMs: 1_000,
      ...change,
    });
    const stop = new AbortController();
    running.push({ stop, ended: listener.run(stop.signal) });
    return listener;
  }

  async function stopAll(): Promise<void> {
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ ended }) => ended));
    running = [];
  }

  const listening = (listener: RoomListener) =>
    eventually('the listener listens', () => listener.status().state === 'listening');
  const say = (body: string, content: Record<string, unknown> = {}, sender = world.worker.userId) =>
    world.hiclaw.say(sender, world.worker.roomId, { msgtype: 'm.text', body, ...content });
  const received = (text: string) => eventually(`heard: ${text}`, () => activityLog.texts().includes(text));

  it('hears the worker, and nobody else', async () => {
    await listening(listen());
    say('hello from the Manager', {}, '@manager:matrix-local.hiclaw.io:18080');
    say('hello from ourselves', {}, world.homeserver.userId);
    const eventId = say('hello from alice');
    await received('hello from alice');
    expect(activityLog.activities).toEqual([
      {
        sequence: 1,
        kind: 'message',
        roomId: world.worker.roomId,
        userId: world.worker.userId,
        eventId,
        text: 'hello from alice',
        saidAtMs: expect.any(Number),
        atMs: expect.any(Number),
        listenedMs: expect.any(Number),
      },
    ]);
  });

  it('knows up to when it heard all, soon after something was said, and no further while the homeserver is away', async () => {
    let isAway = false;
    const homeserver: typeof world.homeserver = {
      ...world.homeserver,
      async call(request) {
        if (request.path !== '/v3/sync') return await world.homeserver.call(request);
        if (isAway) return { kind: 'failed', failure: { kind: 'lost', problem: 'planted: away' } };
        return await world.homeserver.call(request);
      },
    };
    const listener = listen({ homeserver, longPollMs: 60_000 });
    await listening(listener);
    say('hello from alice');
    await received('hello from alice');
    const receivedAtMs = Date.now();
    const until = async () => (await activityLog.syncedUntilMs()) ?? 0;
    await eventually('it goes on', async () => (await until()) > receivedAtMs);
    isAway = true;
    await eventually('it is away', () => listener.status().state === 'failing');
    const lostAtMs = await until();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await until()).toBe(lostAtMs);
  });

  it('counts for how long it listens, whatever the clock is set to', async () => {
    let setMs = 0;
    const clock = { ...machineClock, nowMs: () => machineClock.nowMs() + setMs };
    const startedAtMs = machineClock.elapsedMs();
    await listening(listen({ clock, longPollMs: 50 }));
    const begunMs = await activityLog.listenedMs();
    await eventually('it goes on', async () => (await activityLog.listenedMs()) >= begunMs + 200);
    setMs = 8 * 3_600_000;
    say('hello from alice');
    await received('hello from alice');
    const stampMs = activityLog.activities.at(-1)?.listenedMs ?? 0;
    setMs = -3_600_000;
    await eventually('it goes on', async () => (await activityLog.listenedMs()) >= stampMs + 200);
    expect(await activityLog.listenedMs()).toBeLessThanOrEqual(machineClock.elapsedMs() - startedAtMs);
  });

  it('does not count the time in which nobody listened, nor what another has counted', async () => {
    let aheadMs = 0;
    const clock = { ...machineClock, elapsedMs: () => machineClock.elapsedMs() + aheadMs };
    const startedAtMs = machineClock.elapsedMs();
    await listening(listen({ clock, longPollMs: 50 }));
    await eventually('it goes on', async () => (await activityLog.listenedMs()) >= 100);
    const listenedMs = await activityLog.listenedMs();
    await stopAll();
    aheadMs = 3_600_000;
    await listening(listen({ clock, longPollMs: 50 }));
    await eventually('it goes on', async () => (await activityLog.listenedMs()) >= listenedMs + 100);
    expect(await activityLog.listenedMs()).toBeLessThanOrEqual(machineClock.elapsedMs() - startedAtMs);
  });

  it('asks again soon which rooms it is in, where the homeserver was away', async () => {
    let asked = 0;
    let aheadMs = 0;
    const homeserver: typeof world.homeserver = {
      ...world.homeserver,
      async call(request) {
        if (request.path !== '/v3/joined_rooms') return await world.homeserver.call(request);
        asked += 1;
        if (asked === 1) return { kind: 'failed', failure: { kind: 'lost', problem: 'planted: away' } };
        return await world.homeserver.call(request);
      },
    };
    const clock = { ...machineClock, elapsedMs: () => machineClock.elapsedMs() + aheadMs };
    await listening(listen({ homeserver, clock, longPollMs: 50 }));
    expect(asked).toBe(1);
    aheadMs = 10_000;
    await eventually('it asked again', () => asked === 2);
    aheadMs = 200_000;
    say('hello from alice');
    await received('hello from alice');
    expect(asked).toBe(2);
  });

  /** Uploads a text as the worker does; gives its address. */
  async function upload(text: string): Promise<string> {
    const answer = await fetch(`${world.hiclaw.homeserver.url}/_matrix/media/v3/upload?filename=reply.md`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.hiclaw.homeserver.adapter.accessToken}` },
      body: text,
    });
    return z.object({ content_uri: z.string() }).parse(await answer.json()).content_uri;
  }
  const long = (url: string) => ({
    'com.agentteams.long_message': { version: 1, url, filename: 'reply.md' },
  });

  it.each([
    ['as it was said', (url: string) => long(url)],
    [
      'as it was edited in',
      (url: string) => ({
        'm.new_content': { msgtype: 'm.text', body: 'It is long …', ...long(url) },
        'm.relates_to': { rel_type: 'm.replace', event_id: '$placeholder' },
      }),
    ],
  ])('reads the whole of an answer that is too long for a message: %s', async (_what, contentOf) => {
    await listening(listen());
    const whole = `${'It is long. '.repeat(6_000)}\n@agrenting:x TASK_COMPLETED: the last line`;
    say('It is long …', contentOf(await upload(whole)));
    await received(whole);
    expect(activityLog.texts()).toEqual([whole]);
  });

  it.each([
    ['that is nowhere', 'mxc://matrix-local.hiclaw.io:18080/nothing'],
    ['elsewhere', 'https://elsewhere.example/reply.md'],
    ['with a way out', 'mxc://server/../../v3/account/whoami'],
  ])('takes the beginning where the whole has an address %s', async (_what, url) => {
    await listening(listen());
    say('It is long …', long(url));
    await received('It is long …');
    expect(activityLog.texts()).toHaveLength(1);
  });

  it('hears another worker within a second while the texts of one cannot be read', async () => {
    const other = { roomId: world.worker.roomId, userId: '@manager:matrix-local.hiclaw.io:18080' };
    let reads = 0;
    const hanging: typeof world.homeserver = {
      ...world.homeserver,
      async readMedia(_url, signal) {
        reads += 1;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        return { kind: 'failed', failure: { kind: 'lost', problem: 'planted: it never answers' } };
      },
    };
    await listening(
      listen({
        homeserver: hanging,
        rooms: () => Promise.resolve([world.worker, other]),
        longPollMs: 10_000,
      }),
    );
    for (let upload = 1; upload <= 3; upload += 1) {
      say(`It is long ${upload} …`, long(`mxc://matrix-local.hiclaw.io:18080/slow${upload}`));
    }
    await eventually('the first text is being read', () => reads > 0);
    const saidAtMs = Date.now();
    say('hello from another', {}, other.userId);
    await received('hello from another');
    expect(Date.now() - saidAtMs).toBeLessThan(1_000);
    // One after the other of one worker.
    expect(reads).toBe(1);
  });

  it('reads after the next start what was not read when the last process ended', async () => {
    const whole = 'It is long, to the last line';
    const url = await upload(whole);
    const hanging: typeof world.homeserver = {
      ...world.homeserver,
      async readMedia(_url, signal) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        return { kind: 'failed', failure: { kind: 'lost', problem: 'planted: it never answers' } };
      },
    };
    await listening(listen({ homeserver: hanging }));
    say('It is long …', long(url));
    await received('It is long …');
    await stopAll();
    await listening(listen());
    await received(whole);
    expect(activityLog.texts()).toEqual([whole]);
  });

  it('says where it is and since when', async () => {
    const listener = listen();
    expect(listener.status()).toEqual({
      state: 'stopped',
      lastSyncAtMs: undefined,
      problem: undefined,
      unreadRooms: [],
    });
    await listening(listener);
    expect(listener.status().lastSyncAtMs).toBeGreaterThan(Date.now() - 60_000);
    await stopAll();
    expect(listener.status().state).toBe('stopped');
  });

  it('hears receipts and typing of the worker', async () => {
    await listening(listen());
    const eventId = say('a question', {}, world.homeserver.userId);
    const act = await actAsWorker(world);
    const room = `/rooms/${encodeURIComponent(world.worker.roomId)}`;
    await act('POST', `${room}/receipt/m.read/${encodeURIComponent(eventId)}`, {});
    const typing = { typing: true, timeout: 30_000 };
    await act('PUT', `${room}/typing/${encodeURIComponent(world.worker.userId)}`, typing);
    await eventually('both activities are stored', () => activityLog.activities.length >= 2);
    const { roomId, userId } = world.worker;
    expect(activityLog.activities).toContainEqual(
      expect.objectContaining({ kind: 'receipt', roomId, userId, eventId }),
    );
    expect(activityLog.activities).toContainEqual(
      expect.objectContaining({ kind: 'typing', roomId, userId }),
    );
  });

  it('takes the newest text of an edited message', async () => {
    await listening(listen());
    const first = say('working ...');
    say('* done', {
      'm.new_content': { msgtype: 'm.text', body: 'done' },
      'm.relates_to': { rel_type: 'm.replace', event_id: first },
    });
    await received('done');
    expect(activityLog.activities.at(-1)).toMatchObject({ text: 'done', replacesEventId: first });
    expect(activityLog.texts()).not.toContain('* done');
  });

  it('takes what is still being written as typing, and the words once they are whole', async () => {
    await listening(listen());
    const live = { 'org.matrix.msc4357.live': {} };
    const first = say('The pictu', live);
    const edited = (body: string, mark = {}) =>
      say(`* ${body}`, {
        ...mark,
        'm.new_content': { msgtype: 'm.text', body, ...mark },
        'm.relates_to': { rel_type: 'm.replace', event_id: first },
      });
    edited('The picture is bl', live);
    await eventually('it is seen to write', () => activityLog.activities.length > 0);
    expect(activityLog.activities.map(({ kind }) => kind)).not.toContain('message');
    edited('The picture is black.');
    await received('The picture is black.');
    expect(activityLog.activities.at(-1)).toMatchObject({ kind: 'message', replacesEventId: first });
    expect(activityLog.activities.filter(({ kind }) => kind === 'message')).toHaveLength(1);
  });

  it('takes a message that is taken back as one without words', async () => {
    await listening(listen());
    const first = say('I am stuck.');
    await received('I am stuck.');
    const act = await actAsWorker(world);
    const room = `/rooms/${encodeURIComponent(world.worker.roomId)}`;
    await act('PUT', `${room}/redact/${encodeURIComponent(first)}/t1`, {});
    await eventually('both are stored', () => activityLog.activities.length === 2);
    expect(activityLog.activities.at(-1)).toMatchObject({ kind: 'message', replacesEventId: first });
    expect(activityLog.texts()).toEqual(['I am stuck.', undefined]);
  });

  it('takes thoughts and files as activity without words', async () => {
    await listening(listen());
    say('Thinking: I shall say TASK_COMPLETED', {
      msgtype: 'm.notice',
      'm.relates_to': { rel_type: 'm.thread', event_id: '$root' },
    });
    say('result.md', { msgtype: 'm.file', url: 'mxc://h/x' });
    await eventually('both are stored', () => activityLog.activities.length === 2);
    expect(activityLog.texts()).toEqual([undefined, undefined]);
  });

  it('begins with what is new enough, when it has no position yet', async () => {
    say('old news');
    await eventually('a millisecond passes', () => Date.now() > oldest());
    const sinceMs = Date.now();
    say('said after the first send');
    listen({ sinceMs });
    await received('said after the first send');
    expect(activityLog.texts()).toEqual(['said after the first send']);
  });

  const oldest = () => Number(world.hiclaw.timeline(world.worker.roomId).at(-1)?.['origin_server_ts']);

  it('goes on where it stopped', async () => {
    await listening(listen());
    say('before');
    await received('before');
    await stopAll();
    say('meanwhile');
    listen({ sinceMs: Date.now() + 60_000 });
    await received('meanwhile');
    expect(activityLog.texts()).toEqual(['before', 'meanwhile']);
  });

  it('hears again what could not be stored, and loses nothing', async () => {
    const listener = listen({ clock: new SkippingClock() });
    await listening(listener);
    const positions = activityLog.positions.length;
    activityLog.failures = 2;
    say('said while the disk was full');
    await received('said while the disk was full');
    expect(activityLog.failures).toBe(0);
    expect(activityLog.texts()).toEqual(['said while the disk was full']);
    expect(activityLog.positions.length).toBeGreaterThan(positions);
  });

  it('keeps each activity once when it stops between storing and going on', async () => {
    await listening(listen());
    const before = activityLog.positions.length;
    say('once');
    await received('once');
    await stopAll();
    // As if the last position had never been written, though its activities were.
    activityLog.positions.length = before;
    listen();
    say('twice?');
    await received('twice?');
    expect(activityLog.texts()).toEqual(['once', 'twice?']);
  });

  it('reads back what an answer leaves out', async () => {
    await listening(listen());
    await stopAll();
    const spoken = Array.from({ length: 230 }, (_, index) => `line ${index}`);
    for (const line of spoken) say(line);
    listen();
    await received('line 229');
    expect(activityLog.texts()).toEqual(spoken);
  });

  it('says so when more was said than it reads back', async () => {
    await listening(listen());
    await stopAll();
    for (let index = 0; index < 2_200; index += 1) say(`line ${index}`);
    const problems: string[] = [];
    listen({ report: (problem) => problems.push(problem) });
    await received('line 2199');
    expect(problems).toEqual([expect.stringContaining('more was said in room')]);
    expect(activityLog.texts().length).toBeLessThan(2_200);
  });

  it('does not move on when the gap cannot be read', async () => {
    await listening(listen());
    await stopAll();
    for (let index = 0; index < 60; index += 1) say(`line ${index}`);
    world.hiclaw.faults.homeserver.add({
      kind: 'error_before_apply',
      operation: 'messages',
      times: 2,
      status: 500,
    });
    listen({ clock: new SkippingClock() });
    await received('line 59');
    expect(activityLog.texts()).toHaveLength(60);
  });

  it('waits longer after each failure, and continues automatically', async () => {
    const clock = new SkippingClock();
    world.hiclaw.faults.homeserver.add({
      kind: 'error_before_apply',
      operation: 'sync',
      times: 4,
      status: 502,
    });
    const listener = listen({ clock, random: () => 0.999_999 });
    await listening(listener);
    expect(clock.waitsMs).toEqual([1_000, 3_000, 9_000, 27_000]);
  });

  it('heeds the patience that it is asked for', async () => {
    const clock = new SkippingClock();
    world.hiclaw.faults.homeserver.add({ kind: 'rate_limit', operation: 'sync', seconds: 7 });
    await listening(listen({ clock }));
    expect(clock.waitsMs).toEqual([7_000]);
  });

  it('says at once that its token is no longer good, and tries it ever more rarely', async () => {
    world.hiclaw.revokeTokens(world.homeserver.userId);
    const clock = new SkippingClock();
    const listener = listen({ clock, random: () => 0.999_999 });
    await eventually('it fails', () => listener.status().state === 'failing');
    expect(listener.status().problem).toContain('set the new token');
    await eventually('it tries rarely', () => clock.waitsMs.length >= 8);
    expect(clock.waitsMs.slice(0, 8)).toEqual([
      1_000, 3_000, 9_000, 27_000, 81_000, 243_000, 300_000, 300_000,
    ]);
  });

  it('hears again seconds after a homeserver that refused its token while it started', async () => {
    const clock = new SkippingClock();
    world.hiclaw.faults.homeserver.add({
      kind: 'error_before_apply',
      operation: 'sync',
      times: 2,
      status: 401,
    });
    const listener = listen({ clock, random: () => 0.999_999 });
    await listening(listener);
    expect(clock.waitsMs).toEqual([1_000, 3_000]);
  });

  it('gives up on a homeserver that accepts and then says nothing', async () => {
    const silent = await startAnsweringServer(() => {});
    const clock = new SkippingClock();
    const homeserver = homeserverOf(world.hiclaw, silent.url);
    const listener = listen({ homeserver, clock });
    await eventually('it fails', () => listener.status().state === 'failing', 15_000);
    expect(listener.status().problem).toContain('did not answer in time');
    await stopAll();
    homeserver.close();
    await silent.close();
  });

  it('stops at once, in the middle of a long poll', async () => {
    await listening(listen({ longPollMs: 30_000 }));
    const before = performance.now();
    await stopAll();
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('starts over when the homeserver does not know its position', async () => {
    activityLog.positions.push('a place in a server that is gone');
    const problems: string[] = [];
    say('hello again');
    listen({ sinceMs: 0, clock: new SkippingClock(), report: (problem) => problems.push(problem) });
    await received('hello again');
    expect(problems).toEqual([expect.stringContaining('starts over')]);
  });

  it('says in which mapped room it is not', async () => {
    const elsewhere = { roomId: '!nowhere:matrix-local.hiclaw.io:18080', userId: world.worker.userId };
    const listener = listen({ rooms: () => Promise.resolve([world.worker, elsewhere]) });
    await listening(listener);
    expect(listener.status().problem).toContain(`is not in room ${elsewhere.roomId}`);
    say('still heard');
    await received('still heard');
  });

  it('is idle without rooms, and notices when there are some', async () => {
    const rooms = [[], [world.worker]];
    const listener = listen({
      clock: new SkippingClock(),
      rooms: () => Promise.resolve(rooms.length > 1 ? (rooms.shift() ?? []) : (rooms[0] ?? [])),
    });
    await listening(listener);
    say('now heard');
    await received('now heard');
    expect(rooms).toHaveLength(1);
  });
});
