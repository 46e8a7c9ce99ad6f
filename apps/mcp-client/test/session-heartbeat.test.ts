import { agentIdSchema } from '@agrenting-hiclaw/core/domain';
import { createLogger } from '@agrenting-hiclaw/runtime';
import { describe, expect, test } from 'vitest';
import { keepSessionHeartbeat, type SessionHeartbeatOptions } from '../src/session-heartbeat.ts';

const agentId = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f');
type Status = ReturnType<SessionHeartbeatOptions['status']>;
type Note = Parameters<SessionHeartbeatOptions['store']['agentSessions']['note']>[0];

/** Notes what a session shows at each look, a minute of a clock apart; gives the notes and when they were taken. */
async function run(
  looks: readonly Omit<Status, 'agentId'>[],
  take: (note: Note, tries: number) => void = () => undefined,
) {
  const beganAtMs = 1_000_000;
  let nowMs = beganAtMs;
  let look = 0;
  let tries = 0;
  const stop = new AbortController();
  const notes: (Note & { readonly atMs: number })[] = [];
  await keepSessionHeartbeat(
    {
      holder: 'mcp-client@box',
      log: createLogger('test', 'silent'),
      clock: {
        nowMs: () => nowMs,
        sleep(ms) {
          nowMs += ms;
          look += 1;
          if (look === looks.length) stop.abort();
          return Promise.resolve();
        },
      },
      store: {
        agentSessions: {
          async note(note) {
            tries += 1;
            take(note, tries);
            notes.push({ ...note, atMs: nowMs - beganAtMs });
            await Promise.resolve();
          },
        },
      },
      status: () => ({ agentId, drops: {}, ...looks[look] }),
    },
    stop.signal,
  );
  return notes.map(({ atMs, lastPingAtMs, drops, sinceMs, holder }) => {
    expect([sinceMs, holder]).toEqual([beganAtMs, 'mcp-client@box']);
    return [atMs, lastPingAtMs, drops];
  });
}

describe('how a session fares is noted', () => {
  test('at once, and then once a minute if something is new', async () => {
    const notes = await run([
      { drops: {} },
      { drops: {} },
      { drops: {}, lastPing: { atMs: 7, roundTripMs: 1 } },
      { drops: { lost: 2, silent: 1 }, lastPing: { atMs: 7, roundTripMs: 1 } },
      { drops: { lost: 2, silent: 1 }, lastPing: { atMs: 7, roundTripMs: 1 }, lastProbeAtMs: 9 },
    ]);
    expect(notes).toEqual([
      [0, undefined, 0],
      [120_000, 7, 0],
      [180_000, 7, 3],
      [240_000, 9, 3],
    ]);
  });

  test('again when the store did not take it', async () => {
    const notes = await run([{ drops: {} }, { drops: {} }, { drops: {} }], (_note, tries) => {
      if (tries === 1) throw new Error('the disk is full');
    });
    expect(notes).toEqual([[60_000, undefined, 0]]);
  });
});
