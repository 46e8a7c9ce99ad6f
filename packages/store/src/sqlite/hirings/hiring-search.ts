import { ENDS, type FindRequest, type FoundPage, type ListPosition } from '@agrenting-hiclaw/core/domain';
import { and, asc, desc, eq, gte, lt, sql, type SQL } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import type { HiringReader } from './hiring-reader.ts';
import { hiringNumbers, hirings, history } from '../schema.ts';

const MAX_LIMIT = 200;
/** Entries of an index that one page may look at, so that no filter makes anybody wait. */
const MAX_LOOKED_AT = 2_000;
/** Ids with one beginning that are shown; a longer beginning tells them apart. */
const MAX_BY_PREFIX = 200;
const MIN_PREFIX = 4;
const MAX_WORDS = 8;
const FIRST = { by: 'time', atMs: Number.MAX_SAFE_INTEGER, id: '' } as const;

interface Entry {
  readonly id: string;
  readonly atMs: number;
}

interface Filters {
  readonly state: string | null;
  readonly agentId: string | null;
  readonly worker: string | null;
}

/** Finds hirings for people. */
export class Listing {
  readonly #connection: Connection;
  readonly #records: HiringReader;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, records: HiringReader) {
    this.#connection = connection;
    this.#records = records;
    this.#statements = prepare(connection);
  }

  async find(request: FindRequest, nowMs: number): Promise<FoundPage> {
    const limit = Math.min(request.limit, MAX_LIMIT);
    const found = await this.#connection.read(() => {
      const { entries, next } = this.#entriesOf({ ...request, limit });
      const rows = entries.flatMap(({ id }) => {
        const record = this.#records.rowsOf(id);
        return record === undefined
          ? []
          : [{ record, transitioned: this.#statements.lastTransition.get({ id }) }];
      });
      return { rows, next };
    });
    return {
      hirings: found.rows.map(({ record, transitioned }) => {
        const read = this.#records.toRecord(record, nowMs);
        return { record: read, updatedAtMs: Math.max(transitioned?.atMs ?? 0, read.received.atMs) };
      }),
      next: found.next,
    };
  }

  #entriesOf(request: FindRequest): { entries: readonly Entry[]; next: ListPosition | undefined } {
    const { after, text = '', limit } = request;
    const filters = {
      state: request.state ?? null,
      agentId: request.agentId ?? null,
      worker: request.worker ?? null,
    };
    if (text === '') return this.#byTime(filters, after, limit);
    if (after?.by === 'words') return this.#byWords(text, filters, after.number, limit);
    if (/^[\da-f-]+$/.test(text) && text.length >= MIN_PREFIX) {
      const ids = this.#byPrefix(text, filters, limit);
      if (ids.length > 0) return { entries: ids, next: undefined };
      const agent = this.#statements.agentLike.get({ from: text, to: `${text}g` });
      if (agent !== undefined) return this.#byTime({ ...filters, agentId: agent.agentId }, after, limit);
    }
    if (this.#statements.workerNamed.get({ worker: text }) !== undefined) {
      return this.#byTime({ ...filters, worker: text }, after, limit);
    }
    return this.#byWords(text, filters, Number.MAX_SAFE_INTEGER, limit);
  }

  #byTime(filters: Filters, after: ListPosition | undefined, limit: number) {
    const from = after?.by === 'time' ? after : FIRST;
    const base = this.#statements.byTime[baseOf(filters)];
    const place = { ...filters, atMs: from.atMs, id: from.id };
    const entries = base.page.all({ ...place, limit: limit + 1 });
    if (entries.length > limit) {
      const page = entries.slice(0, limit);
      return { entries: page, next: positionOf(page.at(-1)) };
    }
    const last = base.last.get(place);
    return { entries, next: positionOf(last) };
  }

  #byPrefix(text: string, filters: Filters, limit: number): readonly Entry[] {
    const ids = this.#statements.byPrefix.all({ ...filters, from: text, to: `${text}g` });
    return ids.toSorted((one, other) => other.atMs - one.atMs).slice(0, limit);
  }

  #byWords(text: string, filters: Filters, before: number, limit: number) {
    const whole = queryOf(text);
    if (whole === undefined) return { entries: [], next: undefined };
    // The index goes through a word step by step, and gathers all that has a beginning before the first step.
    const isWhole = this.#statements.hasWords.get({ words: whole }) !== undefined;
    const words = isWhole ? whole : `${whole}*`;
    const found = this.#statements.byWords.all({ ...filters, words, before, limit: limit + 1 });
    if (found.length > limit) {
      const page = found.slice(0, limit);
      const number = page.at(-1)?.number ?? 0;
      return { entries: page, next: { by: 'words', number } as const };
    }
    const last = this.#statements.lastByWords.get({ words, before });
    return { entries: found, next: last === undefined ? undefined : ({ by: 'words', ...last } as const) };
  }
}

/** Every word has to be there; as text, so that nothing in it is a command to the index. */
function queryOf(text: string): string | undefined {
  const words = text.match(/[\p{L}\p{N}]{1,200}/gu)?.slice(0, MAX_WORDS) ?? [];
  if (words.length === 0) return undefined;
  return words.map((word) => `"${word}"`).join(' ');
}

/** The index that leaves the least to look at: what is open is little, one agent's is less than all. */
function baseOf({ state, agentId, worker }: Filters): 'state' | 'agent' | 'worker' | 'all' {
  const open = state !== null && !ENDS.some((end) => end === state);
  if (open) return 'state';
  if (agentId !== null) return 'agent';
  if (worker !== null) return 'worker';
  return state === null ? 'all' : 'state';
}

function positionOf(entry: Entry | undefined): ListPosition | undefined {
  return entry === undefined ? undefined : { by: 'time', atMs: entry.atMs, id: entry.id };
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const columns = {
    id: hirings.id,
    atMs: hirings.receivedAtMs,
    state: hirings.state,
    agentId: hirings.agentId,
    worker: hirings.worker,
  };
  const newest = [desc(hirings.receivedAtMs), desc(hirings.id)];
  const before = sql`(${hirings.receivedAtMs}, ${hirings.id}) < (${placeholder('atMs')}, ${placeholder('id')})`;
  const isOrAny = (column: SQL | typeof hirings.state, name: string): SQL =>
    sql`coalesce(${placeholder(name)}, ${column}) = ${column}`;
  const byTime = (where: SQL | undefined) => {
    const looked = queries
      .select(columns)
      .from(hirings)
      .where(and(where, before))
      .orderBy(...newest)
      .limit(MAX_LOOKED_AT)
      .as('looked');
    return {
      page: queries
        .select({ id: looked.id, atMs: looked.atMs })
        .from(looked)
        .where(
          and(
            sql`coalesce(${placeholder('state')}, ${looked.state}) = ${looked.state}`,
            sql`coalesce(${placeholder('agentId')}, ${looked.agentId}) = ${looked.agentId}`,
            sql`(${placeholder('worker')} is null or ${looked.worker} = ${placeholder('worker')})`,
          ),
        )
        .limit(placeholder('limit'))
        .prepare(),
      /** The last entry that a page looks at, where there are so many. */
      last: queries
        .select({ id: hirings.id, atMs: hirings.receivedAtMs })
        .from(hirings)
        .where(and(where, before))
        .orderBy(...newest)
        .limit(1)
        .offset(MAX_LOOKED_AT - 1)
        .prepare(),
    };
  };
  const words = sql`hiring_words`;
  const number = sql<number>`hiring_words.rowid`;
  const matching = sql`hiring_words match ${placeholder('words')} and hiring_words.rowid < ${placeholder('before')}`;
  const found = queries
    .select({ found: number.as('found_number') })
    .from(words)
    .where(matching)
    .orderBy(sql`hiring_words.rowid desc`)
    .limit(MAX_LOOKED_AT)
    .as('found');
  return {
    byTime: {
      all: byTime(undefined),
      state: byTime(eq(hirings.state, placeholder('state'))),
      agent: byTime(eq(hirings.agentId, placeholder('agentId'))),
      worker: byTime(and(sql`${hirings.worker} is not null`, eq(hirings.worker, placeholder('worker')))),
    },
    byPrefix: queries
      .select({ id: hirings.id, atMs: hirings.receivedAtMs })
      .from(hirings)
      .where(
        and(
          gte(hirings.id, placeholder('from')),
          lt(hirings.id, placeholder('to')),
          isOrAny(hirings.state, 'state'),
          sql`coalesce(${placeholder('agentId')}, ${hirings.agentId}) = ${hirings.agentId}`,
          sql`(${placeholder('worker')} is null or ${hirings.worker} = ${placeholder('worker')})`,
        ),
      )
      .orderBy(asc(hirings.id))
      .limit(MAX_BY_PREFIX)
      .prepare(),
    agentLike: queries
      .select({ agentId: hirings.agentId })
      .from(hirings)
      .where(and(gte(hirings.agentId, placeholder('from')), lt(hirings.agentId, placeholder('to'))))
      .orderBy(asc(hirings.agentId))
      .limit(1)
      .prepare(),
    workerNamed: queries
      .select({ worker: hirings.worker })
      .from(hirings)
      .where(and(sql`${hirings.worker} is not null`, eq(hirings.worker, placeholder('worker'))))
      .limit(1)
      .prepare(),
    hasWords: queries
      .select({ number })
      .from(words)
      .where(sql`hiring_words match ${placeholder('words')}`)
      .limit(1)
      .prepare(),
    byWords: queries
      .select({ number: found.found, id: hirings.id, atMs: hirings.receivedAtMs })
      .from(found)
      .innerJoin(hiringNumbers, eq(hiringNumbers.number, found.found))
      .innerJoin(hirings, eq(hirings.id, hiringNumbers.hiringId))
      .where(
        and(
          isOrAny(hirings.state, 'state'),
          sql`coalesce(${placeholder('agentId')}, ${hirings.agentId}) = ${hirings.agentId}`,
          sql`(${placeholder('worker')} is null or ${hirings.worker} = ${placeholder('worker')})`,
        ),
      )
      .limit(placeholder('limit'))
      .prepare(),
    lastByWords: queries
      .select({ number })
      .from(words)
      .where(matching)
      .orderBy(sql`hiring_words.rowid desc`)
      .limit(1)
      .offset(MAX_LOOKED_AT - 1)
      .prepare(),
    lastTransition: queries
      .select({ atMs: history.atMs })
      .from(history)
      .where(eq(history.hiringId, placeholder('id')))
      .orderBy(desc(history.sequence))
      .limit(1)
      .prepare(),
  };
}
