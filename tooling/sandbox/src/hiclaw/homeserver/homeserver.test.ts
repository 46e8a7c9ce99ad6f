import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  ClientEvent,
  Direction,
  EventType,
  MsgType,
  createClient,
  type MatrixClient,
  MatrixError,
  Method,
  RoomEvent,
  SyncState,
} from 'matrix-js-sdk';
import { z } from 'zod';
import { machineClock } from '../clock.ts';
import { eventually } from '../testing/adapter.ts';
import { startHomeserver, type RunningHomeserver } from './homeserver.ts';

const serverName = 'matrix-local.hiclaw.io:18080';
let homeserver: RunningHomeserver;

beforeAll(async () => {
  // The SDK's own chatter, which does not all go through the logger that it is given.
  for (const method of ['log', 'debug', 'info', 'warn'] as const) vi.spyOn(console, method).mockReturnValue();
  homeserver = await startHomeserver({
    host: '127.0.0.1',
    port: 0,
    serverName,
    registrationToken: 'join-us',
    clock: machineClock,
  });
  for (const name of ['manager', 'adapter', 'worker', 'stranger'])
    homeserver.accounts.create(name, `${name}-password`);
});

afterAll(async () => {
  vi.restoreAllMocks();
  await homeserver.close();
});

const clientOf = (name: string): MatrixClient => {
  const userId = `@${name}:${serverName}`;
  const device = homeserver.accounts.login({ user: name, password: `${name}-password` });
  return createClient({
    baseUrl: homeserver.url,
    userId,
    accessToken: device.accessToken,
    deviceId: device.deviceId,
    useAuthorizationHeader: true,
    logger: quietLogger,
  });
};

const nothing = (): void => undefined;
const quietLogger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  getChild: () => quietLogger,
};

const jsonObject = z.record(z.string(), z.unknown());

const request = async (
  method: string,
  path: string,
  options: { token?: string; body?: unknown } = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> => {
  const response = await fetch(`${homeserver.url}${path}`, {
    method,
    headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  return {
    status: response.status,
    body: jsonObject.parse(await response.json()),
    headers: response.headers,
  };
};

const refusalOf = async (promise: Promise<unknown>): Promise<MatrixError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MatrixError)) throw new TypeError(`not refused: ${String(error)}`);
  return error;
};

const roomOf = async (...clients: MatrixClient[]): Promise<string> => {
  const [first, ...others] = clients;
  if (first === undefined) throw new TypeError('a room needs somebody');
  const invite = others.map((client) => client.getSafeUserId());
  const { room_id: roomId } = await first.createRoom({ name: 'a room', invite });
  for (const client of others) await client.joinRoom(roomId);
  return roomId;
};

describe('accounts', () => {
  test('register in one step with the token', async () => {
    const body = {
      username: 'newcomer',
      password: 'secret',
      auth: { type: 'm.login.registration_token', token: 'join-us' },
    };
    const made = await request('POST', '/_matrix/client/v3/register', { body });
    expect(made.status).toBe(200);
    expect(made.body['user_id']).toBe(`@newcomer:${serverName}`);
    const again = await request('POST', '/_matrix/client/v3/register', { body });
    expect([again.status, again.body['errcode']]).toEqual([400, 'M_USER_IN_USE']);
    const wrong = { ...body, auth: { ...body.auth, token: 'let me in' } };
    const refused = await request('POST', '/_matrix/client/v3/register', { body: wrong });
    expect([refused.status, refused.body['errcode']]).toEqual([403, 'M_FORBIDDEN']);
  });

  test('log in with a password and keep the device', async () => {
    const flows = await request('GET', '/_matrix/client/v3/login');
    expect(flows.body['flows']).toEqual([{ type: 'm.login.password' }]);
    const client = createClient({ baseUrl: homeserver.url, logger: quietLogger });
    const identifier = { type: 'm.id.user', user: 'adapter' };
    const login = { type: 'm.login.password', identifier, password: 'adapter-password', device_id: 'STABLE' };
    const first = await client.loginRequest(login);
    const second = await client.loginRequest(login);
    expect([first.device_id, second.device_id]).toEqual(['STABLE', 'STABLE']);
    const old = await request('GET', '/_matrix/client/v3/account/whoami', { token: first.access_token });
    expect([old.status, old.body['errcode'], old.body['soft_logout']]).toEqual([
      401,
      'M_UNKNOWN_TOKEN',
      false,
    ]);
    const whoami = await request('GET', '/_matrix/client/v3/account/whoami', { token: second.access_token });
    expect(whoami.body).toEqual({ user_id: `@adapter:${serverName}`, device_id: 'STABLE', is_guest: false });
    const refusal = await refusalOf(client.loginRequest({ ...login, password: 'wrong' }));
    expect([refusal.httpStatus, refusal.errcode]).toEqual([403, 'M_FORBIDDEN']);
  });

  test('tell a missing token from an unknown one, and a soft logout', async () => {
    const none = await request('GET', '/_matrix/client/v3/sync');
    expect([none.status, none.body['errcode']]).toEqual([401, 'M_MISSING_TOKEN']);
    const client = clientOf('stranger');
    homeserver.accounts.revoke(client.getSafeUserId(), true);
    const refusal = await refusalOf(client.whoami());
    expect([refusal.httpStatus, refusal.errcode, refusal.data['soft_logout']]).toEqual([
      401,
      'M_UNKNOWN_TOKEN',
      true,
    ]);
  });
});

describe('rooms', () => {
  test('are closed to who was not invited', async () => {
    const [manager, stranger] = [clientOf('manager'), clientOf('stranger')];
    const roomId = await roomOf(manager);
    expect(roomId).toMatch(/^![A-Za-z0-9_-]{18}:matrix-local\.hiclaw\.io:18080$/);
    const refusals = await Promise.all([
      refusalOf(stranger.joinRoom(roomId)),
      refusalOf(stranger.sendTextMessage(roomId, 'hello')),
      refusalOf(
        stranger.http.authedRequest(Method.Get, `/rooms/${encodeURIComponent(roomId)}/joined_members`),
      ),
    ]);
    expect(refusals.map((refusal) => [refusal.httpStatus, refusal.errcode])).toEqual([
      [403, 'M_FORBIDDEN'],
      [403, 'M_FORBIDDEN'],
      [403, 'M_FORBIDDEN'],
    ]);
  });

  test('show members and state, and are found by alias', async () => {
    const [manager, worker] = [clientOf('manager'), clientOf('worker')];
    const { room_id: roomId } = await manager.createRoom({
      name: 'Worker: worker',
      room_alias_name: 'worker-room',
      invite: [worker.getSafeUserId()],
    });
    expect(Object.keys((await manager.getJoinedRoomMembers(roomId)).joined)).toEqual([
      manager.getSafeUserId(),
    ]);
    await worker.joinRoom(`#worker-room:${serverName}`);
    expect((await worker.getJoinedRooms()).joined_rooms).toContain(roomId);
    expect(await worker.getStateEvent(roomId, 'm.room.name', '')).toEqual({ name: 'Worker: worker' });
    await manager.setRoomTopic(roomId, 'work');
    expect(await worker.getStateEvent(roomId, 'm.room.topic', '')).toMatchObject({ topic: 'work' });
    const missing = await refusalOf(worker.getStateEvent(roomId, 'm.room.encryption', ''));
    expect([missing.httpStatus, missing.errcode]).toEqual([404, 'M_NOT_FOUND']);
    const weak = await refusalOf(worker.setRoomName(roomId, 'mine'));
    expect([weak.httpStatus, weak.errcode]).toEqual([403, 'M_FORBIDDEN']);
    expect((await worker.getRoomIdForAlias(`#worker-room:${serverName}`)).room_id).toBe(roomId);
    await worker.leave(roomId);
    expect((await refusalOf(worker.sendTextMessage(roomId, 'bye'))).httpStatus).toBe(403);
  });
});

describe('events', () => {
  test('a repeated transaction is the same event, on another device another one', async () => {
    const manager = clientOf('manager');
    const roomId = await roomOf(manager);
    const content = { msgtype: MsgType.Text as const, body: 'once' };
    const first = await manager.sendEvent(roomId, EventType.RoomMessage, content, 'txn-1');
    const send = (token: string): ReturnType<typeof request> =>
      request('PUT', `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/txn-1`, {
        token,
        body: content,
      });
    const again = await send(manager.getAccessToken() ?? '');
    expect(again.body['event_id']).toBe(first.event_id);
    const elsewhere = await send(clientOf('manager').getAccessToken() ?? '');
    expect(elsewhere.body['event_id']).not.toBe(first.event_id);
    const page = await manager.createMessagesRequest(roomId, null, 50, Direction.Backward);
    expect(page.chunk.filter((event) => event.type === 'm.room.message')).toHaveLength(2);
  });

  test('over 64 KiB are refused', async () => {
    const manager = clientOf('manager');
    const roomId = await roomOf(manager);
    const refusal = await refusalOf(manager.sendTextMessage(roomId, 'x'.repeat(66_000)));
    expect([refusal.httpStatus, refusal.errcode]).toEqual([413, 'M_TOO_LARGE']);
    await expect(manager.sendTextMessage(roomId, 'x'.repeat(64_000))).resolves.toBeDefined();
  });

  test('are read back one by one, in pages both ways, and around one', async () => {
    const manager = clientOf('manager');
    const roomId = await roomOf(manager);
    const ids: string[] = [];
    for (const number of [1, 2, 3, 4, 5]) {
      ids.push((await manager.sendTextMessage(roomId, `message ${number}`)).event_id);
    }
    expect((await manager.fetchRoomEvent(roomId, ids[2] ?? ''))['event_id']).toBe(ids[2]);
    const missing = await refusalOf(manager.fetchRoomEvent(roomId, '$nothing'));
    expect([missing.httpStatus, missing.errcode]).toEqual([404, 'M_NOT_FOUND']);
    const newest = await manager.createMessagesRequest(roomId, null, 2, Direction.Backward);
    expect(newest.chunk.map((event) => event.event_id)).toEqual([ids[4], ids[3]]);
    const older = await manager.createMessagesRequest(roomId, newest.end ?? '', 2, Direction.Backward);
    expect(older.chunk.map((event) => event.event_id)).toEqual([ids[2], ids[1]]);
    const forward = await manager.createMessagesRequest(roomId, older.end ?? '', 3, Direction.Forward);
    expect(forward.chunk.map((event) => event.event_id)).toEqual(ids.slice(1, 4));
    const rest = await manager.createMessagesRequest(roomId, forward.end ?? '', 3, Direction.Forward);
    expect(rest.chunk.map((event) => event.event_id)).toEqual([ids[4]]);
    expect(rest.end).toBeUndefined();
    const context = await request(
      'GET',
      `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/context/${encodeURIComponent(ids[2] ?? '')}?limit=2`,
      { token: manager.getAccessToken() ?? '' },
    );
    expect(context.body['events_before']).toMatchObject([{ event_id: ids[1] }]);
    expect(context.body['events_after']).toMatchObject([{ event_id: ids[3] }]);
  });

  test('can be taken back by their sender', async () => {
    const [manager, worker] = [clientOf('manager'), clientOf('worker')];
    const roomId = await roomOf(manager, worker);
    const { event_id: eventId } = await manager.sendTextMessage(roomId, 'a secret');
    expect((await refusalOf(worker.redactEvent(roomId, eventId))).httpStatus).toBe(403);
    await manager.redactEvent(roomId, eventId);
    const event = await manager.fetchRoomEvent(roomId, eventId);
    expect(event['content']).toEqual({});
  });

  test('media go up, and down only with a token', async () => {
    const manager = clientOf('manager');
    const { content_uri: uri } = await manager.uploadContent('some text', {
      name: 'note.txt',
      type: 'text/plain',
    });
    const path = uri.replace('mxc://', '/_matrix/client/v1/media/download/');
    const open = await fetch(`${homeserver.url}${path}`);
    expect(open.status).toBe(401);
    const headers = { authorization: `Bearer ${manager.getAccessToken() ?? ''}` };
    const media = await fetch(`${homeserver.url}${path}`, { headers });
    expect(media.headers.get('content-type')).toBe('text/plain');
    expect(await media.text()).toBe('some text');
  });
});

const syncBody = z.object({
  next_batch: z.string(),
  rooms: z.object({
    join: z.record(
      z.string(),
      z.object({
        timeline: z.object({
          events: z.array(z.object({ content: z.looseObject({ body: z.string().optional() }) })),
          limited: z.boolean(),
          prev_batch: z.string(),
        }),
        ephemeral: z.object({
          events: z.array(z.object({ type: z.string(), content: z.record(z.string(), z.unknown()) })),
        }),
      }),
    ),
    invite: z.record(z.string(), z.unknown()),
    leave: z.record(z.string(), z.unknown()),
  }),
});

describe('sync', () => {
  const sync = async (
    client: MatrixClient,
    query: Record<string, string> = {},
  ): Promise<z.output<typeof syncBody>> => {
    const search = new URLSearchParams(query).toString();
    const answer = await request('GET', `/_matrix/client/v3/sync?${search}`, {
      token: client.getAccessToken() ?? '',
    });
    return syncBody.parse(answer.body);
  };
  test('a long poll ends with the first news, and empty when its time is over', async () => {
    const [manager, worker] = [clientOf('manager'), clientOf('worker')];
    const roomId = await roomOf(manager, worker);
    const { next_batch: since } = await sync(worker);
    const waiting = sync(worker, { since, timeout: '20000' });
    await manager.sendTextMessage(roomId, 'news');
    const answer = await waiting;
    expect(answer.rooms.join[roomId]?.timeline).toMatchObject({
      limited: false,
      events: [{ content: { body: 'news' } }],
    });
    const empty = await sync(worker, { since: answer.next_batch, timeout: '20' });
    expect(empty.rooms.join).toEqual({});
  });

  test('a long timeline is cut, and the gap is closed by its prev_batch', async () => {
    const [manager, worker] = [clientOf('manager'), clientOf('worker')];
    const roomId = await roomOf(manager, worker);
    const { next_batch: since } = await sync(worker);
    for (const number of [1, 2, 3, 4, 5]) await manager.sendTextMessage(roomId, `message ${number}`);
    const filter = JSON.stringify({
      room: { rooms: [roomId], timeline: { limit: 2, types: ['m.room.message'] } },
    });
    const answer = await sync(worker, { since, filter });
    const timeline = answer.rooms.join[roomId]?.timeline;
    expect(timeline?.limited).toBe(true);
    expect(timeline?.events.map((event) => event.content.body)).toEqual(['message 4', 'message 5']);
    const query = new URLSearchParams({ from: timeline?.prev_batch ?? '', to: since, dir: 'b', limit: '50' });
    const gap = await request(
      'GET',
      `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?${query.toString()}`,
      { token: worker.getAccessToken() ?? '' },
    );
    expect(gap.body['chunk']).toMatchObject(
      [3, 2, 1].map((number) => ({ content: { body: `message ${number}` } })),
    );
    expect(gap.body['end']).toBeUndefined();
  });

  test('tells typing, receipts and invites', async () => {
    const [manager, worker] = [clientOf('manager'), clientOf('worker')];
    const roomId = await roomOf(manager, worker);
    const { event_id: eventId } = await manager.sendTextMessage(roomId, 'read me');
    const { next_batch: since } = await sync(manager);
    await worker.sendTyping(roomId, true, 5000);
    await worker.http.authedRequest(
      Method.Post,
      `/rooms/${encodeURIComponent(roomId)}/receipt/m.read/${encodeURIComponent(eventId)}`,
      undefined,
      {},
    );
    const ephemeral = (await sync(manager, { since })).rooms.join[roomId]?.ephemeral.events ?? [];
    expect(ephemeral.find((event) => event.type === 'm.typing')?.content).toEqual({
      user_ids: [worker.getUserId()],
    });
    const receipts = ephemeral.find((event) => event.type === 'm.receipt')?.content;
    expect(receipts).toMatchObject({ [eventId]: { 'm.read': { [worker.getSafeUserId()]: {} } } });
    const { room_id: other } = await manager.createRoom({ invite: [worker.getSafeUserId()] });
    const invited = await sync(worker, { since });
    expect(Object.keys(invited.rooms.invite)).toContain(other);
    await worker.leave(roomId);
    expect(Object.keys((await sync(worker, { since: invited.next_batch })).rooms.leave)).toEqual([roomId]);
  });

  test('typing ends on its own', async () => {
    const [manager, worker] = [clientOf('manager'), clientOf('worker')];
    const roomId = await roomOf(manager, worker);
    await worker.sendTyping(roomId, true, 30);
    const { next_batch: since } = await sync(manager);
    const answer = await sync(manager, { since, timeout: '5000' });
    expect(answer.rooms.join[roomId]?.ephemeral.events).toEqual([
      { type: 'm.typing', content: { user_ids: [] } },
    ]);
  });

  test('a place from an earlier run of the server misses nothing', async () => {
    const [manager, worker] = [clientOf('manager'), clientOf('worker')];
    const roomId = await roomOf(manager, worker);
    await manager.sendTextMessage(roomId, 'still here');
    const answer = await sync(worker, { since: 's00000000_000001234' });
    expect(JSON.stringify(answer.rooms.join[roomId]?.timeline.events)).toContain('still here');
  });

  test('the SDK keeps in step with it', async () => {
    const [manager, worker] = [clientOf('manager'), clientOf('worker')];
    const roomId = await roomOf(manager, worker);
    const received: (string | undefined)[] = [];
    worker.on(RoomEvent.Timeline, (event) => received.push(event.getId()));
    const invited: string[] = [];
    worker.on(RoomEvent.MyMembership, (room, membership) => {
      if (membership === 'invite') invited.push(room.roomId);
    });
    const ready = new Promise<void>((resolve) => {
      worker.on(ClientEvent.Sync, (state) => {
        if (state === SyncState.Prepared) resolve();
      });
    });
    await worker.startClient({ initialSyncLimit: 5 });
    try {
      await ready;
      const { event_id: eventId } = await manager.sendTextMessage(roomId, 'for the SDK');
      await eventually('the event in the SDK', () => received.includes(eventId));
      expect(worker.getRoom(roomId)?.name).toBe('a room');
      expect(worker.getRoom(roomId)?.getJoinedMemberCount()).toBe(2);
      const { room_id: other } = await manager.createRoom({ invite: [worker.getSafeUserId()] });
      await eventually('the invite in the SDK', () => invited.includes(other));
    } finally {
      worker.stopClient();
    }
  });
});

describe('faults', () => {
  test('a rate limit says how long to wait, and ends', async () => {
    const [manager, worker] = [clientOf('manager'), clientOf('worker')];
    const roomId = await roomOf(manager, worker);
    const who = manager.getSafeUserId();
    homeserver.faults.add({ kind: 'rate_limit', operation: 'send', who, seconds: 1.5 });
    await worker.sendTextMessage(roomId, 'not me');
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/limited`;
    const options = { token: manager.getAccessToken() ?? '', body: { msgtype: 'm.text', body: 'me' } };
    const limited = await request('PUT', path, options);
    expect([limited.status, limited.body['errcode'], limited.body['retry_after_ms']]).toEqual([
      429,
      'M_LIMIT_EXCEEDED',
      1500,
    ]);
    expect(limited.headers.get('retry-after')).toBe('2');
    expect((await request('PUT', path, options)).status).toBe(200);
  });

  test('a lost answer leaves the event, a failure before leaves nothing', async () => {
    const manager = clientOf('manager');
    const roomId = await roomOf(manager);
    const messages = (): number => {
      const events = homeserver.rooms.find(roomId)?.events ?? [];
      return events.filter((event) => event.type === 'm.room.message').length;
    };
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/lost`;
    const options = { token: manager.getAccessToken() ?? '', body: { msgtype: 'm.text', body: 'lost' } };
    homeserver.faults.add({ kind: 'error_before_apply', operation: 'send', status: 502 });
    expect((await request('PUT', path, options)).status).toBe(502);
    expect(messages()).toBe(0);
    homeserver.faults.add({ kind: 'connection_lost_after_apply', operation: 'send' });
    await expect(request('PUT', path, options)).rejects.toThrow('fetch failed');
    expect(messages()).toBe(1);
    expect((await request('PUT', path, options)).status).toBe(200);
    expect(messages()).toBe(1);
  });

  test('an unknown path is said to be one', async () => {
    const answer = await request('GET', '/_matrix/client/v3/nothing/here');
    expect([answer.status, answer.body['errcode']]).toEqual([404, 'M_UNRECOGNIZED']);
  });
});
