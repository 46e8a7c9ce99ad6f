import type { z } from 'zod';

import { accepted, invalid, type Outcome } from './refusal.ts';

/** Parses a request with a schema; a mismatch is a 422 whose keys are nested paths (Agrenting API reference, 13.5). */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Outcome<z.output<Schema>> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return accepted(parsed.data);
  const details: Record<string, string[]> = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path.length === 0 ? 'request' : issue.path.join('.');
    (details[field] ??= []).push(issue.message);
  }
  return invalid(details);
}
