import {
  agentIdSchema,
  hiringIdSchema,
  unreadHiring,
  type HiringRecord,
  type FindRequest,
  type FoundPage,
} from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { stopWorkerOf } from './workers.ts';

const ALICE = { name: 'alice', userId: '@alice:test', roomId: '!room:test' };

test("a worker's hirings are found behind a page that has only those of others", async () => {
  const hiringId = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
  const record: HiringRecord = {
    hiringId,
    agentId: agentIdSchema.parse('0a0a0a0a-0000-4000-8000-000000000001'),
    state: 'staged',
    receivedAtMs: 1,
    received: { intake: 'mcp', hiring: unreadHiring(hiringId), atMs: 1 },
    rereadWanted: false,
  };
  const next = { by: 'time', atMs: 2, id: 'that of another' } as const;
  const find = async ({ state, after }: FindRequest): Promise<FoundPage> =>
    await Promise.resolve(
      state !== 'staged'
        ? { hirings: [], next: undefined }
        : after === undefined
          ? { hirings: [], next }
          : { hirings: [{ record, updatedAtMs: 1 }], next: undefined },
    );
  const lifecycle = {
    driver: 'script' as const,
    command: ['true'],
    startedWaitSeconds: 1,
    recreatedWaitSeconds: 1,
  };
  const turnedOff = await stopWorkerOf({ lifecycle }, process.env, { find }, ALICE);
  expect(turnedOff).toEqual({ interrupts: [], startsAgain: true });
});
