import { cursorOf, numberOf, placeOf } from '../http/cursor.ts';

/** A page of a short list that is in memory, by the place in it. */
export function placedPage<Item>(
  all: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): { readonly items: readonly Item[]; readonly nextCursor: string | null } {
  const from = placeOf(cursor, numberOf) ?? 0;
  const items = all.slice(from, from + limit);
  return { items, nextCursor: from + limit < all.length ? cursorOf(from + limit) : null };
}

/** A page of a list that the store orders by a number, the newest first. */
export async function numberedPage<Row extends { readonly sequence: number }>(
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  read: (before: number | undefined, limit: number) => Promise<readonly Row[]>,
): Promise<{ readonly rows: readonly Row[]; readonly nextCursor: string | null }> {
  const rows = await read(placeOf(cursor, numberOf), limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { rows: page, nextCursor: more ? cursorOf(last.sequence) : null };
}
