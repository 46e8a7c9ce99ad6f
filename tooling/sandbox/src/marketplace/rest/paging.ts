import { z } from 'zod';

import type { Page } from '../envelope.ts';
import { accepted, invalid, type Outcome } from '../refusal.ts';
import { parseWith } from '../validation.ts';

const limit = z.coerce.number().int().min(1).max(100);
const offsetQuery = z.object({
  limit: limit.default(20),
  offset: z.coerce.number().int().min(0).default(0),
  cursor: z.string().optional(),
});
const pageQuery = z.object({ limit: limit.default(20), page: z.coerce.number().int().min(1).default(1) });

/** `limit` with `cursor` or `offset` (Agrenting API reference, 13.2). */
export function pageOf<Item>(
  all: Item[],
  query: Record<string, string>,
): Outcome<{ items: Item[]; pagination: Page }> {
  const parsed = parseWith(offsetQuery, query);
  if (!parsed.ok) return parsed;
  const { limit, cursor } = parsed.value;
  const start = cursor === undefined ? parsed.value.offset : positionOf(cursor);
  if (start === undefined) return invalid({ cursor: ['is invalid'] });
  const end = start + limit;
  const more = end < all.length;
  return accepted({
    items: all.slice(start, end),
    pagination: { total_count: all.length, cursor: more ? cursorAt(end) : null, has_more: more },
  });
}

/** `limit` with `page`, as the list of hirings has it. */
export function numberedPageOf<Item>(
  all: Item[],
  query: Record<string, string>,
): Outcome<{ items: Item[]; total: number; page: number; per_page: number; total_pages: number }> {
  const parsed = parseWith(pageQuery, query);
  if (!parsed.ok) return parsed;
  const { limit, page } = parsed.value;
  return accepted({
    items: all.slice((page - 1) * limit, page * limit),
    total: all.length,
    page,
    per_page: limit,
    total_pages: Math.ceil(all.length / limit),
  });
}

function cursorAt(position: number): string {
  return Buffer.from(`at:${position}`).toString('base64url');
}

function positionOf(cursor: string): number | undefined {
  const match = /^at:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString());
  return match === null ? undefined : Number(match[1]);
}
