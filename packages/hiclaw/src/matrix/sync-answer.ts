import { z } from 'zod';

/** An event as far as it is read here; one that is malformed is dropped, not the whole answer with it. */
export const syncEvent = z.object({
  type: z.string(),
  content: z.record(z.string(), z.unknown()),
  event_id: z.string().optional(),
  sender: z.string().optional(),
  origin_server_ts: z.number().optional(),
});
export type SyncEvent = z.infer<typeof syncEvent>;

const events = z
  .array(z.unknown())
  .default([])
  .transform((list): SyncEvent[] => list.flatMap((item) => syncEvent.safeParse(item).data ?? []));

const room = z.object({
  timeline: z
    .object({ events, limited: z.boolean().default(false), prev_batch: z.string().optional() })
    .default({ events: [], limited: false }),
  ephemeral: z.object({ events }).default({ events: [] }),
});
export type SyncRoom = z.infer<typeof room>;

/** What `/sync` tells about joined rooms. */
export const syncAnswer = z.object({
  next_batch: z.string().min(1),
  rooms: z.object({ join: z.record(z.string(), room).default({}) }).default({ join: {} }),
});

/** One page of `/rooms/{id}/messages`, newest first. */
export const messagesAnswer = z.object({ chunk: events, end: z.string().optional() });
