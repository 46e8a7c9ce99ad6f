import { inQuotes } from '@agrenting-hiclaw/core/domain';

/** What kept a `fetch` from getting an answer, quoted: names that others chose, such as those in a certificate, may stand in it. */
export function whyUnreachable(error: unknown): string {
  return inQuotes(
    error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error),
  );
}
