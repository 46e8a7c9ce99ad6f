import { readWorkerMessage } from '@agrenting-hiclaw/core/domain';
import { afterEach, describe, expect, it } from 'vitest';
import {
  assignmentTo,
  eventually,
  machineClock,
  MemorySignLog,
  orderFor,
  quietWorker,
  startWorld,
  taskId,
  type World,
} from './test/world.ts';
import { createMessenger, createRoomListener, createTaskStorage } from './index.ts';

describe('a hand-over, from the order to the result', () => {
  let world: World;
  const stop = new AbortController();
  afterEach(async () => {
    stop.abort();
    await world.close();
  });

  it('reaches a worker, whose signs and result come back', async () => {
    world = await startWorld({ ...quietWorker, workers: [{ name: 'alice' }] });
    const { homeserver, store, worker } = world;
    const signLog = new MemorySignLog();
    const storage = createTaskStorage({ store, ourUserId: homeserver.userId, profile: '1.0' });
    const listener = createRoomListener({
      homeserver,
      signLog,
      clock: machineClock,
      random: Math.random,
      rooms: () => Promise.resolve([worker]),
      sinceMs: Date.now(),
      longPollMs: 1_000,
    });
    const listening = listener.run(stop.signal);

    expect(await storage.stage(orderFor(worker))).toMatchObject({ kind: 'staged' });
    const sent = await createMessenger({ homeserver, clock: machineClock }).send(assignmentTo(worker));
    if (sent.kind !== 'sent') throw new Error(sent.kind);
    const read = (text: string | undefined) =>
      readWorkerMessage(text ?? '', { ourUserId: homeserver.userId, taskId });
    await eventually('the worker says that it is done', () =>
      signLog.texts().some((text) => read(text).kind === 'completed'),
    );

    const kinds = signLog.activities.map((sign) => sign.kind);
    expect(kinds).toContain('typing');
    expect(signLog.activities).toContainEqual(
      expect.objectContaining({ kind: 'receipt', eventId: sent.eventId }),
    );
    const folder = await storage.inspect(taskId);
    expect(folder).toMatchObject({ kind: 'folder', hasResult: true });
    expect(folder).toHaveProperty('workerObjects', expect.arrayContaining(['plan.md', 'result.md']));
    const collected = await storage.collect(taskId);
    expect(collected).toMatchObject({ kind: 'result', result: { summary: expect.stringMatching(/\w/) } });
    stop.abort();
    await listening;
  });
});
