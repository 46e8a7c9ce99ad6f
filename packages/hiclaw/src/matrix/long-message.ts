import { z } from 'zod';
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

/** The whole text; undefined when it cannot be had, for the beginning is better than nothing. */
export async function readLongMessage(
  homeserver: Homeserver,
  url: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const read = await homeserver.readMedia(url, signal);
  return read.kind === 'answered' ? read.value.slice(-MAX_CHARACTERS) : undefined;
}
