import type { LongTexts, UnreadText } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { withDeadline } from '../http/deadline.ts';
import type { Homeserver } from './homeserver.ts';
import type { SyncEvent } from './sync-answer.ts';

const longMessage = z.object({ 'com.agentteams.long_message': z.object({ url: z.string() }) });

/** What is read of a long answer; its lines to us stand at its end, so that end is what is kept. */
const MAX_CHARACTERS = 256 * 1024;

/** Where the whole of an answer lies whose message holds its beginning only (HiClaw reference, 3.9). */
export function longMessageUrl({ content }: SyncEvent): string | undefined {
  const newest = longMessage.safeParse(content['m.new_content']).data ?? longMessage.safeParse(content).data;
  return newest?.['com.agentteams.long_message'].url;
}

/** Texts that are read at once, of different workers. */
const MAX_READS = 4;
/** How long one may take; then its beginning has to do. */
const READ_TIMEOUT_MS = 20_000;

/**
 * Reads the texts of messages beside the loop that hears them, one of each worker at a time: what a worker names as its
 * text, and how long that takes, holds up its own room alone. Gives a promise that never rejects: it resolves when
 * nothing is left to read, or the signal aborts.
 */
export function createLongTextReader({ homeserver, longTexts, nowMs, report }: LongTextReaderOptions) {
  const running = new Map<string, Promise<void>>();

  async function readOne({ sequence, url }: UnreadText, signal: AbortSignal): Promise<void> {
    const text = await withDeadline(READ_TIMEOUT_MS, signal, async (bounded) =>
      readLongMessage(homeserver, url, bounded),
    );
    // Read again after the next start.
    if (signal.aborted) return;
    await longTexts.read(sequence, text, nowMs());
  }

  async function start(signal: AbortSignal): Promise<void> {
    const unread = signal.aborted ? [] : await longTexts.unread(MAX_READS + running.size);
    for (const one of unread) {
      const key = `${one.roomId} ${one.userId}`;
      if (running.size >= MAX_READS || running.has(key)) continue;
      const reading = readOne(one, signal).then(
        () => true,
        (error: unknown) => {
          report?.(
            `the text of a message could not be kept: ${error instanceof Error ? error.message : 'unknown'}`,
          );
          return false;
        },
      );
      const ended = reading.then(async (kept) => {
        running.delete(key);
        // One that could not be kept is tried again with the next message.
        if (kept) await start(signal);
      });
      running.set(key, ended);
    }
  }

  return {
    /** Begins what is not being read yet. */
    async wake(signal: AbortSignal): Promise<void> {
      await start(signal);
    },
    /** Resolves when nothing is being read any more. */
    async settled(): Promise<void> {
      while (running.size > 0) await Promise.allSettled(running.values());
    },
  };
}

export interface LongTextReaderOptions {
  readonly homeserver: Homeserver;
  readonly longTexts: LongTexts;
  readonly nowMs: () => number;
  readonly report?: ((problem: string) => void) | undefined;
}

/** The whole text; undefined when it cannot be had, for the beginning is better than nothing. */
async function readLongMessage(
  homeserver: Homeserver,
  url: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const read = await homeserver.readMedia(url, signal);
  return read.kind === 'answered' ? read.value.slice(-MAX_CHARACTERS) : undefined;
}
