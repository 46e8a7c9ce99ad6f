import type { SendBudget, SendRate } from '@agrenting-hiclaw/core/domain';
import { eq, sql } from 'drizzle-orm';
import type { Connection } from './connection.ts';
import { CLOCK_SPREAD_MS } from './far-ahead.ts';
import { InvariantError } from './invariant-error.ts';
import { sendBudgets } from './schema.ts';

/**
 * Nobody is held for longer, whatever the homeserver asked for or the clock did: it says so again when
 * it still wants patience.
 */
const MAX_HOLD_MS = 10 * 60_000;
/** Far less than a message, and more than what adding fractions of one gets wrong. */
const ROUNDING = 1e-6;
const MINUTE_MS = 60_000;

/** `SendBudget` over SQLite: a bucket of messages per name, filled at the rate up to the burst. */
export class SqliteSendBudgets implements SendBudget {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async take(name: string, rate: SendRate, nowMs: number): Promise<number> {
    if (!(rate.perMinute > 0 && rate.burst >= 1)) {
      throw new InvariantError(`a rate of ${rate.perMinute} a minute, ${rate.burst} at once, sends nothing`);
    }
    return await this.#connection.writeLightly(() => {
      const stored = this.#statements.look.get({ name });
      const before = stored ?? { messages: null, atMs: nowMs, heldUntilMs: 0 };
      const { waitMs, after } = taken(before, rate, nowMs);
      // Asking in vain changes nothing, so it waits for no disk.
      if (after !== before) this.#statements.keep.run({ name, ...after });
      return waitMs;
    });
  }

  async hold(name: string, untilMs: number): Promise<void> {
    await this.#connection.write(() => this.#statements.hold.run({ name, untilMs: Math.ceil(untilMs) }));
  }
}

interface Bucket {
  readonly messages: number | null;
  readonly atMs: number;
  readonly heldUntilMs: number;
}

interface Taken {
  readonly waitMs: number;
  /** The very bucket of before when nothing changed. */
  readonly after: Bucket;
}

function taken(before: Bucket, rate: SendRate, nowMs: number): Taken {
  const bucket = withinReach(before, nowMs);
  if (bucket.heldUntilMs > nowMs) return { waitMs: bucket.heldUntilMs - nowMs, after: bucket };

  const perMs = rate.perMinute / MINUTE_MS;
  const grown = Math.max(0, nowMs - bucket.atMs) * perMs;
  const messages = Math.min(rate.burst, (bucket.messages ?? rate.burst) + grown);
  const missing = 1 - messages;
  if (missing > ROUNDING) return { waitMs: Math.ceil((missing - ROUNDING) / perMs), after: bucket };
  // A process whose clock was read earlier must not make time run twice.
  const atMs = Math.max(bucket.atMs, nowMs);
  // A hold that is over stays so, even when the clock is set back.
  return { waitMs: 0, after: { messages: messages - 1, atMs, heldUntilMs: 0 } };
}

/**
 * A clock that was set back neither stops the filling nor makes a hold longer. Processes that wait for each other read the clock in another
 * order, which is none that was set back.
 */
function withinReach(bucket: Bucket, nowMs: number): Bucket {
  const heldUntilMs = Math.min(bucket.heldUntilMs, nowMs + MAX_HOLD_MS);
  const atMs = bucket.atMs > nowMs + CLOCK_SPREAD_MS ? nowMs : bucket.atMs;
  if (heldUntilMs === bucket.heldUntilMs && atMs === bucket.atMs) return bucket;
  return { ...bucket, heldUntilMs, atMs };
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    look: queries
      .select({
        messages: sendBudgets.messages,
        atMs: sendBudgets.atMs,
        heldUntilMs: sendBudgets.heldUntilMs,
      })
      .from(sendBudgets)
      .where(eq(sendBudgets.name, placeholder('name')))
      .prepare(),
    keep: queries
      .insert(sendBudgets)
      .values({
        name: placeholder('name'),
        messages: placeholder('messages'),
        atMs: placeholder('atMs'),
        heldUntilMs: placeholder('heldUntilMs'),
      })
      .onConflictDoUpdate({
        target: sendBudgets.name,
        set: {
          messages: sql`excluded.messages`,
          atMs: sql`excluded.at_ms`,
          heldUntilMs: sql`excluded.held_until_ms`,
        },
      })
      .prepare(),
    hold: queries
      .insert(sendBudgets)
      .values({ name: placeholder('name'), messages: null, atMs: 0, heldUntilMs: placeholder('untilMs') })
      .onConflictDoUpdate({
        target: sendBudgets.name,
        set: { heldUntilMs: sql`max(${sendBudgets.heldUntilMs}, excluded.held_until_ms)` },
      })
      .prepare(),
  };
}
