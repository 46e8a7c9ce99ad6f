import { inQuotes } from '../domain/index.ts';
import { z } from 'zod';

const MAX_NAMES = 30;
const fields = z.record(z.string(), z.unknown());

/** What a document is made of, without any of its values: evidence that can hold no credential. */
export function documentShape(document: unknown): string {
  if (document === undefined || document === null) return 'nothing';
  if (Array.isArray(document)) return `a list of ${document.length}`;
  const parsed = fields.safeParse(document);
  if (!parsed.success) return `a ${typeof document}`;
  const names = Object.keys(parsed.data).map((name) => name.replace(/[^\w.-]/g, '?').slice(0, 40));
  const more = names.length > MAX_NAMES ? ', …' : '';
  return names.length === 0
    ? 'an object with no fields'
    : `an object with ${inQuotes(`${names.slice(0, MAX_NAMES).join(', ')}${more}`, 2_000)}`;
}
