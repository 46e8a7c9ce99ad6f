/** What kept a `fetch` from getting an answer. */
export function whyUnreachable(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
}
