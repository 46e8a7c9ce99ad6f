/**
 * Has all who ask at once share one answer, and those who ask within `goodForMs` of its beginning, too: a caller that asks often,
 * even a stranger, costs no more than one who asks.
 */
export function shared<Answer>(ask: () => Promise<Answer>, goodForMs: number): () => Promise<Answer> {
  let last: { readonly atMs: number; readonly answer: Promise<Answer>; isThere: boolean } | undefined;
  return async () => {
    const atMs = performance.now();
    if (last !== undefined && (!last.isThere || atMs - last.atMs <= goodForMs)) return await last.answer;
    const asked = { atMs, answer: ask(), isThere: false };
    last = asked;
    try {
      return await asked.answer;
    } finally {
      asked.isThere = true;
    }
  };
}
