import { z } from 'zod';

const fields = z.record(z.string(), z.unknown());
const list = z.array(z.unknown());
const PLACES = ['hirings', 'data', 'items'] as const;

/**
 * The items of a list of hirings, wherever the document has it (Agrenting API reference, 5.3 and
 * 7.6); undefined when it is no such list.
 */
export function pendingItems(document: unknown, depth = 0): readonly unknown[] | undefined {
  const items = list.safeParse(document);
  if (items.success) return items.data;
  const top = fields.safeParse(document).data;
  if (top === undefined || depth > 1) return undefined;
  for (const place of PLACES) {
    const nested = top[place] === undefined ? undefined : pendingItems(top[place], depth + 1);
    if (nested !== undefined) return nested;
  }
  return undefined;
}
