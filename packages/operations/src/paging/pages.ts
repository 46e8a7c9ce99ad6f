import { cursorOf, numberOf, placeOf } from './cursor.ts';

/** Which part of a list is asked for. */
export interface PageRequest {
  readonly limit: number;
  /** `nextCursor` of the page before; the newest, or first, without one. */
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null at the end. */
  readonly nextCursor: string | null;
}

/** A page of a short list that is in memory, by the place in it. Throws `OperationError`. */
export function cursorPage<Item>(all: readonly Item[], { limit, cursor }: PageRequest): Page<Item> {
  const from = placeOf(cursor, numberOf) ?? 0;
  const items = all.slice(from, from + limit);
  return { items, nextCursor: from + limit < all.length ? cursorOf(from + limit) : null };
}

/** A page of a list that the store orders by a number, the newest first. Throws `OperationError`. */
export async function numberedPage<Row extends { readonly sequence: number }>(
  { limit, cursor }: PageRequest,
  read: (before: number | undefined, limit: number) => Promise<readonly Row[]>,
): Promise<Page<Row>> {
  const rows = await read(placeOf(cursor, numberOf), limit + 1);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? cursorOf(last.sequence) : null };
}
