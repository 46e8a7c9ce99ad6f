import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../test/world.ts';
import { sayNotice } from './notice.ts';
import { roomStanding } from './room.ts';

describe('a notice', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const say = async (roomId: string, text = 'Look.', transactionId = 'agrenting-alert-1') =>
    await sayNotice(world.homeserver, { roomId, text, transactionId });

  it('is one event however often it is said, and mentions nobody', async () => {
    const { roomId } = world.worker;
    const first = await say(roomId);
    expect(first).toMatchObject({ kind: 'said', eventId: expect.any(String) });
    expect(await say(roomId)).toEqual(first);
    const said = world.hiclaw.timeline(roomId).filter(({ type }) => type === 'm.room.message');
    expect(said.map(({ content }) => content)).toEqual([
      { msgtype: 'm.notice', body: 'Look.', 'm.mentions': {} },
    ]);
  });

  it('in a room that we are not in says what to do', async () => {
    expect(await say('!nowhere:x')).toMatchObject({
      kind: 'refused',
      problem: expect.stringMatching(/invite @agrenting:\S+ to room !nowhere:x/),
    });
    expect(await roomStanding(world.homeserver, '!nowhere:x')).toMatchObject({ kind: 'failed' });
  });

  it('is said later when the homeserver asks for patience, and once when its answer was lost', async () => {
    const { roomId } = world.worker;
    const faults = world.hiclaw.faults.homeserver;
    faults.add({ kind: 'rate_limit', operation: 'send', seconds: 5 });
    expect(await say(roomId)).toMatchObject({ kind: 'unavailable', retryAfterMs: 5_000 });
    faults.add({ kind: 'error_after_apply', operation: 'send' });
    expect(await say(roomId)).toMatchObject({ kind: 'unavailable' });
    expect(await say(roomId)).toMatchObject({ kind: 'said' });
    expect(world.hiclaw.timeline(roomId).filter(({ type }) => type === 'm.room.message')).toHaveLength(1);
  });

  it('is for a room of which can be known who is in it, and whether it is encrypted', async () => {
    const { roomId, userId } = world.worker;
    expect(await roomStanding(world.homeserver, roomId)).toMatchObject({
      kind: 'joined',
      members: expect.arrayContaining([userId]),
      encrypted: false,
    });
    world.hiclaw.faults.homeserver.add({ kind: 'error_before_apply', operation: 'stateEvent', status: 403 });
    expect(await roomStanding(world.homeserver, roomId)).toMatchObject({ kind: 'failed' });
    world.hiclaw.encryptRoom(roomId);
    expect(await roomStanding(world.homeserver, roomId)).toMatchObject({ encrypted: true });
  });
});
