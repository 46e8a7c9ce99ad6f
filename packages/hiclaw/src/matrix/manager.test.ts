import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assignmentTo, startWorld, type World } from '../test/world.ts';
import { createManager } from './manager.ts';

describe('the Manager', () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const request = () => assignmentTo(world.worker);
  const managerIn = (roomId: string) =>
    createManager({ homeserver: world.homeserver, userId: '@manager:matrix-local.hiclaw.io:18080', roomId });

  it('is asked by one message that names it, however often that is repeated', async () => {
    // Any room of ours will do; this one has the Manager in it.
    const { roomId } = world.worker;
    const first = await managerIn(roomId).lookAfter(request());
    expect(first).toMatchObject({ kind: 'asked', eventId: expect.any(String) });
    expect(await managerIn(roomId).lookAfter(request())).toEqual(first);
    const said = world.hiclaw
      .timeline(roomId)
      .filter(({ sender, type }) => type === 'm.room.message' && sender === world.homeserver.userId);
    expect(said).toHaveLength(1);
    expect(said[0]?.['content']).toMatchObject({
      body: expect.stringMatching(/^@manager:\S+ Worker alice shows no activity since it was given task/),
      'm.mentions': { user_ids: ['@manager:matrix-local.hiclaw.io:18080'] },
    });
  });

  it('that cannot be reached is said', async () => {
    expect(await managerIn('!nowhere:x').lookAfter(request())).toEqual({
      kind: 'failed',
      problem: expect.stringContaining('the Manager could not be asked'),
    });
  });
});
