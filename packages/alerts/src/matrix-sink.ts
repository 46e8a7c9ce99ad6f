import type { Configuration } from '@agrenting-hiclaw/runtime';
import type { Sink, SinkKind } from './sink.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** A Matrix room. */
export const matrixSink: SinkKind = {
  name: 'matrix',
  setting: 'matrixRoom',
  create: async ({ matrix, alerts: { matrixRoom } }) =>
    matrixRoom === undefined ? undefined : await createMatrixSink(matrix, matrixRoom),
};

/** Says alerts in a room, as notices that mention nobody. */
export async function createMatrixSink(matrix: Configuration['matrix'], roomId: string): Promise<Sink> {
  // Loaded late: this client takes longer to load than a hiring should wait to be heard.
  const { createHomeserver, sayNotice } = await import('@agrenting-hiclaw/hiclaw');
  const homeserver = createHomeserver({
    url: matrix.homeserverUrl,
    userId: matrix.userId,
    accessToken: matrix.accessToken,
    requestTimeoutMs: TIMEOUT_MS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
  return {
    name: matrixSink.name,
    async send({ key, text }, signal) {
      const transactionId = `agrenting-alert-${key}`;
      const outcome = await sayNotice(homeserver, { roomId, text, transactionId, signal });
      return outcome.kind === 'said' ? { kind: 'sent' } : outcome;
    },
    close: () => homeserver.close(),
  };
}
