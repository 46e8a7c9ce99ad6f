import { z } from 'zod/mini';

// What the admin API answers (docs/console.md). Unknown fields are dropped, unknown words are shown as they are, and what a server of
// another release leaves out is null: a page that shows less is better than one that shows nothing.
z.config({ jitless: true });

function orNull<Out>(inner: z.core.$ZodType<Out>) {
  return z.pipe(
    z.optional(z.nullable(inner)),
    z.transform((value: Out | null | undefined) => value ?? null),
  );
}
function orEmpty<Out>(inner: z.core.$ZodType<Out>) {
  return z.pipe(
    z.optional(z.nullable(z.array(inner))),
    z.transform((items: Out[] | null | undefined) => items ?? []),
  );
}
const text = z.string();
const count = z.number();
const orZero = z.pipe(
  z.optional(z.nullable(count)),
  z.transform((value: number | null | undefined) => value ?? 0),
);

export const problemSchema = z.object({
  title: orNull(text),
  detail: orNull(text),
  todo: orNull(text),
});

export const sessionSchema = z.object({ role: text, name: text, csrfToken: text });
export type Session = z.output<typeof sessionSchema>;

const quantilesSchema = z.object({ at: text, p50Ms: orNull(count), p95Ms: orNull(count) });
export type Quantiles = z.output<typeof quantilesSchema>;

export const overviewSchema = z.object({
  states: z.record(z.string(), count),
  overdue: count,
  attention: count,
  agents: count,
  agentsDeaf: count,
  workers: count,
  today: z.object({ hirings: count, grossCents: count, feeCents: count, netCents: count }),
  arrivals: orEmpty(z.object({ at: text, count })),
  acknowledge: orEmpty(quantilesSchema),
  settle: orEmpty(quantilesSchema),
  problems: orEmpty(text),
  version: orNull(text),
});
export type Overview = z.output<typeof overviewSchema>;

const hiringFields = {
  id: text,
  state: text,
  agentId: text,
  worker: orNull(text),
  price: orNull(text),
  capability: orNull(text),
  deliveryMode: orNull(text),
  attempt: orZero,
  heardAt: text,
  updatedAt: orNull(text),
  deadlineAt: orNull(text),
  intake: orNull(text),
  needs: orNull(z.object({ why: text, todo: text, approves: orNull(text) })),
  trouble: orNull(text),
  title: orNull(text),
};
const hiringItemSchema = z.object(hiringFields);
export type HiringItem = z.output<typeof hiringItemSchema>;

const attemptSchema = z.object({
  number: count,
  state: text,
  openedAt: orNull(text),
  worker: orNull(text),
  roomId: orNull(text),
  proofs: orEmpty(z.object({ kind: text, at: text, evidence: orNull(text) })),
  messages: orEmpty(z.object({ purpose: text, number: count, eventId: orNull(text), sentAt: orNull(text) })),
  files: orEmpty(
    z.object({
      name: text,
      sizeBytes: orNull(count),
      sha256: orNull(text),
      type: orNull(text),
      artifactId: orNull(text),
    }),
  ),
  result: orNull(
    z.object({
      text: orNull(text),
      summary: orNull(text),
      notes: orNull(z.union([text, z.array(text)])),
    }),
  ),
  failure: orNull(z.object({ reason: text, text: orNull(text) })),
  settlement: orNull(z.object({ endpoint: text, generation: orNull(count), unknownSends: orZero })),
  conversation: orNull(
    z.object({
      incoming: orEmpty(z.object({ kind: orNull(text), text })),
      outgoing: orEmpty(z.object({ kind: orNull(text), text })),
      question: orNull(z.union([text, z.object({ text })])),
    }),
  ),
});
export type Attempt = z.output<typeof attemptSchema>;

export const hiringSchema = z.object({
  ...hiringFields,
  description: orNull(text),
  clientMessage: orNull(text),
  repoUrl: orNull(text),
  marketplaceStatus: orNull(text),
  attempts: orEmpty(attemptSchema),
  timeline: orEmpty(
    z.object({
      at: text,
      attempt: orNull(count),
      from: orNull(text),
      to: text,
      event: text,
      cause: orNull(text),
    }),
  ),
  heard: orEmpty(
    z.object({
      intake: text,
      firstAt: text,
      lastAt: text,
      times: count,
      problem: orNull(text),
    }),
  ),
  actions: orEmpty(text),
});
export type Hiring = z.output<typeof hiringSchema>;

const agentSchema = z.object({
  agentId: text,
  name: orNull(text),
  worker: orNull(text),
  paused: orNull(z.object({ since: text })),
  key: orNull(z.object({ problem: orNull(text) })),
  session: orNull(
    z.object({
      state: text,
      since: orNull(text),
      lastPingAt: orNull(text),
      drops: orZero,
    }),
  ),
  listed: orNull(
    z.object({
      status: orNull(text),
      availability: orNull(text),
      price: orNull(text),
      capabilities: orEmpty(text),
    }),
  ),
  hireable: z.object({ ok: z.boolean(), reasons: orEmpty(text) }),
  openHirings: orZero,
});
export type Agent = z.output<typeof agentSchema>;

const workerSchema = z.object({
  name: text,
  userId: orNull(text),
  roomId: orNull(text),
  runtime: orNull(text),
  state: text,
  lastSignAt: orNull(text),
  openHirings: orZero,
});
export type Worker = z.output<typeof workerSchema>;

const alertSchema = z.object({
  id: text,
  kind: text,
  text,
  sink: orNull(text),
  keptAt: text,
  doneAt: orNull(text),
  refusals: orZero,
});

const amounts = { hirings: count, grossCents: count, feeCents: count, netCents: count };
const earningsDaySchema = z.object({ agentId: text, day: text, ...amounts });
export type EarningsDay = z.output<typeof earningsDaySchema>;
export const earningsSchema = z.object({
  items: z.array(earningsDaySchema),
  total: orNull(z.object(amounts)),
  nextCursor: orNull(text),
});

/** A part of a list, and where the next one begins. */
function pageOf<Item extends z.core.SomeType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: orNull(text) });
}
export const hiringPageSchema = pageOf(hiringItemSchema);
export const agentPageSchema = pageOf(agentSchema);
export const workerPageSchema = pageOf(workerSchema);
export const alertPageSchema = pageOf(alertSchema);
/** Settings come as they are; what the page shows of them is read by `settingsOf`. */
export const settingsSchema = z.unknown();
export const commandSchema = z.object({ state: orNull(text) });
export const hiringEventSchema = z.object({ id: text, state: orNull(text), at: orNull(text) });
