import { Secret } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, startAnsweringServer, type AnsweringServer } from '../test/answering-server.ts';
import { actAsWorker } from '../test/worker-account.ts';
import { assignmentTo, machineClock, quietWorker, startWorld, type World } from '../test/world.ts';
import { createHomeserver, createMessenger, whoami, type SendGate } from '../index.ts';
import type { GatedSend } from './send-gate.ts';

describe('createMessenger', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const messenger = () => createMessenger({ homeserver: world.homeserver, clock: machineClock });
  const ourMessages = () =>
    world.hiclaw
      .timeline(world.worker.roomId)
      .filter((event) => event['type'] === 'm.room.message' && event['sender'] === world.homeserver.userId);

  it('sends one event however often it is repeated, even after a restart', async () => {
    const first = await messenger().send(assignmentTo(world.worker));
    const second = await messenger().send(assignmentTo(world.worker));
    expect(first.kind).toBe('sent');
    expect(second).toEqual(first);
    expect(ourMessages()).toHaveLength(1);
  });

  it('sends nothing while its gate is shut, and says how long', async () => {
    const gate: SendGate = {
      pass: async () => ({ kind: 'failed', failure: { kind: 'limited', retryAfterMs: 1_500 } }),
    };
    const patient = createMessenger({ homeserver: world.homeserver, clock: machineClock, gate });
    expect(await patient.send(assignmentTo(world.worker))).toEqual({ kind: 'limited', retryAfterMs: 1_500 });
    expect(ourMessages()).toEqual([]);
  });

  it('says at the gate what it sends', async () => {
    const passed: GatedSend[] = [];
    const gate: SendGate = {
      async pass(send, call) {
        passed.push(send);
        return await call();
      },
    };
    const ours = createMessenger({ homeserver: world.homeserver, clock: machineClock, gate });
    const { userId } = world.worker;
    for (const number of [1, 2]) await ours.send(assignmentTo(world.worker, number));
    await ours.send({ ...assignmentTo(world.worker), purpose: 'clear' });
    await ours.send({ ...assignmentTo(world.worker), purpose: 'message' });
    expect(passed.map(({ kind, rank, worker }) => ({ kind, rank, worker }))).toEqual(
      (['assignment', 'other', 'preparation', 'other'] as const).map((rank) => ({
        kind: 'message',
        rank,
        worker: userId,
      })),
    );
    expect(new Set(passed.map(({ key }) => key)).size).toBe(4);
  });

  it('finds what it sent for an attempt, and takes nobody else at their word', async () => {
    const { hiringId, attempt, taskId } = assignmentTo(world.worker);
    const sent = [
      await messenger().send(assignmentTo(world.worker, 1)),
      await messenger().send(assignmentTo(world.worker, 2)),
    ];
    const forged = {
      'com.agrenting.hiring_id': hiringId,
      'com.agrenting.attempt': attempt,
      'com.agrenting.task_id': taskId,
    };
    world.hiclaw.say(world.worker.userId, world.worker.roomId, {
      msgtype: 'm.text',
      body: 'mine',
      ...forged,
      'com.agrenting.purpose': 'assignment',
      'com.agrenting.number': 3,
    });
    const target = { worker: world.worker, hiringId, attempt };
    const found = await messenger().findAssignments(target, 0);
    expect(found).toMatchObject({
      kind: 'found',
      messages: sent.map((outcome, index) => ({
        taskId,
        number: index + 1,
        eventId: outcome.kind === 'sent' ? outcome.eventId : undefined,
      })),
    });
    expect(await messenger().findAssignments({ ...target, attempt: attempt + 1 }, 0)).toEqual({
      kind: 'found',
      messages: [],
    });
  });

  it('finds the first own words of the worker after it was told', async () => {
    const { hiringId, attempt } = assignmentTo(world.worker);
    const say = (sender: string, body: string) =>
      world.hiclaw.say(sender, world.worker.roomId, { msgtype: 'm.text', body });
    say(world.worker.userId, 'of an earlier job');
    await messenger().send(assignmentTo(world.worker, 1));
    const first = say(world.worker.userId, 'Received.');
    say(world.worker.userId, 'Done.');
    const found = await messenger().findAssignments({ worker: world.worker, hiringId, attempt }, 0);
    expect(found).toMatchObject({ kind: 'found', answer: { eventId: first } });
  });

  it('sends another event for another number', async () => {
    await messenger().send(assignmentTo(world.worker, 1));
    await messenger().send(assignmentTo(world.worker, 2));
    expect(ourMessages()).toHaveLength(2);
  });

  it('is one event when the answer to the first send was lost', async () => {
    const ours = messenger();
    world.hiclaw.faults.homeserver.add({ kind: 'error_after_apply', operation: 'send', status: 502 });
    expect(await ours.send(assignmentTo(world.worker))).toMatchObject({ kind: 'unknown' });
    expect(await ours.send(assignmentTo(world.worker))).toMatchObject({ kind: 'sent' });
    expect(ourMessages()).toHaveLength(1);
  });

  it('gives the patience that the homeserver asks for', async () => {
    world.hiclaw.faults.homeserver.add({ kind: 'rate_limit', operation: 'send', seconds: 3 });
    const outcome = await messenger().send(assignmentTo(world.worker));
    expect(outcome).toEqual({ kind: 'limited', retryAfterMs: 3_000 });
    expect(ourMessages()).toHaveLength(0);
  });

  it('does not know what became of it when the homeserver fails', async () => {
    world.hiclaw.faults.homeserver.add({ kind: 'error_before_apply', operation: 'send', status: 502 });
    expect(await messenger().send(assignmentTo(world.worker))).toMatchObject({ kind: 'unknown' });
  });

  it('is refused with a remedy when the token is no longer good', async () => {
    world.hiclaw.revokeTokens(world.homeserver.userId);
    const outcome = await messenger().send(assignmentTo(world.worker));
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(outcome).toHaveProperty('problem', expect.stringContaining('set the new token'));
  });

  it('sends over a fresh connection when one that had rested breaks', async () => {
    const ours = messenger();
    await ours.send(assignmentTo(world.worker, 1));
    world.hiclaw.faults.homeserver.add({ kind: 'connection_lost_after_apply', operation: 'send' });
    expect(await ours.send(assignmentTo(world.worker, 2))).toMatchObject({ kind: 'sent' });
    expect(ourMessages()).toHaveLength(2);
  });

  it('says nothing in an encrypted room', async () => {
    world.hiclaw.encryptRoom(world.worker.roomId);
    const outcome = await messenger().send(assignmentTo(world.worker));
    expect(outcome).toHaveProperty('problem', expect.stringContaining('is encrypted'));
    expect(outcome.kind).toBe('refused');
    expect(ourMessages()).toHaveLength(0);
  });

  it('says nothing where the worker is not', async () => {
    const stranger = { ...world.worker, name: 'bob', userId: '@bob:matrix-local.hiclaw.io:18080' };
    const outcome = await messenger().send(assignmentTo(stranger));
    expect(outcome).toHaveProperty('problem', expect.stringContaining('has not joined room'));
    expect(ourMessages()).toHaveLength(0);
  });

  it('asks for an invitation where we are not', async () => {
    const elsewhere = { ...world.worker, roomId: '!nowhere:matrix-local.hiclaw.io:18080' };
    const outcome = await messenger().send(assignmentTo(elsewhere));
    expect(outcome.kind).toBe('refused');
    expect(outcome).toHaveProperty('problem', expect.stringContaining(`invite ${world.homeserver.userId}`));
  });

  it('accepts an invitation to a mapped room', async () => {
    const act = await actAsWorker(world);
    const options = { preset: 'private_chat', invite: [world.homeserver.userId] };
    const roomId = String((await act('POST', '/createRoom', options))['room_id']);
    const outcome = await messenger().send(assignmentTo({ ...world.worker, roomId }));
    expect(outcome).toMatchObject({ kind: 'sent' });
  });

  it('comes back on its own to a room that it was thrown out of and invited to again', async () => {
    const act = await actAsWorker(world);
    const us = world.homeserver.userId;
    const options = { preset: 'private_chat', invite: [us] };
    const roomId = String((await act('POST', '/createRoom', options))['room_id']);
    const ours = messenger();
    const there = { ...world.worker, roomId };
    expect(await ours.send(assignmentTo(there, 1))).toMatchObject({ kind: 'sent' });
    const room = `/rooms/${encodeURIComponent(roomId)}`;
    await act('POST', `${room}/kick`, { user_id: us });
    expect(await ours.send(assignmentTo(there, 2))).toMatchObject({ kind: 'refused' });
    await act('POST', `${room}/invite`, { user_id: us });
    expect(await ours.send(assignmentTo(there, 2))).toMatchObject({ kind: 'sent' });
  });

  it('looks at a room again only after a while', async () => {
    const ours = messenger();
    await ours.send(assignmentTo(world.worker, 1));
    world.hiclaw.faults.homeserver.add({
      kind: 'error_before_apply',
      operation: 'joinedMembers',
      times: 9,
      status: 500,
    });
    expect(await ours.send(assignmentTo(world.worker, 2))).toMatchObject({ kind: 'sent' });
  });
});

describe('answers that no good homeserver gives', () => {
  let server: AnsweringServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const worker = { name: 'alice', userId: '@alice:h', roomId: '!room:h' };
  const sendOutcome = async (answer: Parameters<typeof startAnsweringServer>[0], maxAnswerBytes?: number) => {
    server = await startAnsweringServer((request, response) => {
      if (request.method === 'PUT') answer(request, response);
      else if (request.url?.includes('encryption')) json(404, { errcode: 'M_NOT_FOUND' })(request, response);
      else json(200, { joined: { '@alice:h': {} } })(request, response);
    });
    const homeserver = createHomeserver({
      url: server.url,
      serverName: 'h',
      userId: '@us:h',
      accessToken: new Secret('canary-token'),
      requestTimeoutMs: 300,
      maxAnswerBytes,
    });
    const outcome = await createMessenger({ homeserver, clock: machineClock }).send(assignmentTo(worker));
    homeserver.close();
    expect(JSON.stringify(outcome)).not.toContain('canary-token');
    return outcome;
  };

  it.each([
    ['Retry-After in seconds', { 'retry-after': '7' }, {}, 7_000],
    ['retry_after_ms', {}, { retry_after_ms: 250 }, 250],
    ['both, as Synapse says it', { 'retry-after': '1' }, { retry_after_ms: 40 }, 40],
    ['a header that asks for more', { 'retry-after': '30' }, { retry_after_ms: 40 }, 30_000],
    ['no word of time', {}, {}, 5_000],
    ['an absurd time', {}, { retry_after_ms: 1e12 }, 600_000],
    ['a negative time', {}, { retry_after_ms: -5 }, 0],
    ['nonsense', { 'retry-after': 'soon' }, {}, 5_000],
  ])('waits for 429 with %s', async (_what, headers: Record<string, string>, body, retryAfterMs) => {
    const outcome = await sendOutcome(json(429, { errcode: 'M_LIMIT_EXCEEDED', ...body }, headers));
    expect(outcome).toEqual({ kind: 'limited', retryAfterMs });
  });

  it.each([
    ['403', json(403, { errcode: 'M_FORBIDDEN', error: 'no' }), 'invite @us:h to room !room:h'],
    ['404', json(404, { errcode: 'M_NOT_FOUND' }), 'check that room !room:h exists'],
    ['413', json(413, { errcode: 'M_TOO_LARGE' }), 'larger than the homeserver allows'],
    ['401', json(401, { errcode: 'M_UNKNOWN_TOKEN' }), 'set the new token'],
    ['a redirect', json(307, {}, { location: 'http://elsewhere.invalid/' }), 'a redirect'],
  ])('takes %s as a definite no', async (_what, answer, remedy) => {
    const outcome = await sendOutcome(answer);
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(outcome).toHaveProperty('problem', expect.stringContaining(remedy));
  });

  it.each<[string, Parameters<typeof startAnsweringServer>[0]]>([
    ['500', json(500, { errcode: 'M_UNKNOWN' })],
    ['200 without an event id', json(200, { ok: true })],
    ['200 with a page', (_request, response) => response.end('<html>')],
    ['a broken connection', (request) => request.socket.destroy()],
    ['silence', () => {}],
    [
      'a body that never ends',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"event_id":');
      },
    ],
    [
      'JSON that is cut off, under an error status',
      (_request, response) => {
        response.writeHead(403, { 'content-type': 'application/json' });
        response.end('{"errcode":');
      },
    ],
  ])('does not know what became of it after %s', async (_what, answer) => {
    expect(await sendOutcome(answer)).toMatchObject({ kind: 'unknown' });
  });

  it('reads no more of an answer than it may', async () => {
    const outcome = await sendOutcome(json(200, { event_id: 'x'.repeat(10_000) }), 5_000);
    expect(outcome).toMatchObject({
      kind: 'unknown',
      problem: expect.stringContaining('larger than 5000 bytes'),
    });
  });

  it('says that nothing listens there', async () => {
    const homeserver = createHomeserver({
      url: 'http://127.0.0.1:1',
      serverName: 'h',
      userId: '@us:h',
      accessToken: new Secret('t'),
    });
    const outcome = await createMessenger({ homeserver, clock: machineClock }).send(assignmentTo(worker));
    expect(outcome).toHaveProperty('problem', expect.stringContaining('refused the connection'));
    homeserver.close();
  });
});

describe('whoami', () => {
  it('checks whose token it is', async () => {
    const world = await startWorld(quietWorker);
    const { hiclaw, homeserver } = world;
    expect(await whoami(homeserver)).toEqual({
      kind: 'usable',
      deviceId: hiclaw.homeserver.adapter.deviceId,
    });

    const settings = {
      url: hiclaw.homeserver.url,
      serverName: hiclaw.homeserver.serverName,
      accessToken: new Secret(hiclaw.homeserver.adapter.accessToken),
    };
    const other = createHomeserver({ ...settings, userId: '@admin:matrix-local.hiclaw.io:18080' });
    expect(await whoami(other)).toMatchObject({
      kind: 'wrong',
      problem: expect.stringContaining('belongs to'),
    });
    const misnamed = createHomeserver({ ...settings, userId: '@agrenting:elsewhere' });
    expect(await whoami(misnamed)).toMatchObject({ kind: 'wrong' });
    hiclaw.revokeTokens(homeserver.userId);
    expect(await whoami(homeserver)).toMatchObject({
      kind: 'wrong',
      problem: expect.stringContaining('token'),
    });
    await world.close();
    expect(await whoami(homeserver)).toMatchObject({ kind: 'unavailable' });
    for (const open of [other, misnamed, homeserver]) open.close();
  });
});
