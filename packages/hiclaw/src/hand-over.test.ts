import { readWorkerMessage } from '@agrenting-hiclaw/core/domain';
import { afterEach, describe, expect, it } from 'vitest';
import {
  assignmentTo,
  eventually,
  machineClock,
  MemoryActivityLog,
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

  it('reaches a worker, whose activities and result come back', async () => {
    world = await startWorld({ ...quietWorker, workers: [{ name: 'alice' }] });
    const { homeserver, store, worker } = world;
    const activityLog = new MemoryActivityLog();
    const storage = createTaskStorage({ store, ourUserId: homeserver.userId, profile: '1.0' });
    const listener = createRoomListener({
      homeserver,
      activityLog,
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
      activityLog.texts().some((text) => read(text).kind === 'completed'),
    );

    const kinds = activityLog.activities.map((activity) => activity.kind);
    expect(kinds).toContain('typing');
    expect(activityLog.activities).toContainEqual(
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
