import { documentShape } from '../document-shape.ts';
import { malformedItem, pendingHiring, type PendingHiring } from '../pending-hiring.ts';
import { pendingItems } from '../pending-list.ts';

/** The documents that a resource is made of, lists taken apart; `undefined` for a text that is no JSON. */
export function documentsOf(texts: readonly string[]): readonly unknown[] {
  return texts
    .filter((text) => text.trim() !== '')
    .map((text) => parse(text))
    .filter((document) => document !== null)
    .flatMap((document) => pendingItems(document) ?? [document]);
}

/** Whether the texts hold a list at all, be it an empty one. */
export function hasList(texts: readonly string[]): boolean {
  return texts.some((text) => pendingItems(parse(text)) !== undefined);
}

/**
 * The hirings in what `hiring://pending` gave: one list, several documents, or nothing. Whatever
 * is no hiring is kept as malformed, and stops none of the others (Agrenting API reference, 7.6).
 */
export function pendingHirings(texts: readonly string[]): readonly PendingHiring[] {
  return texts
    .filter((text) => text.trim() !== '')
    .flatMap((text) => {
      const document = parse(text);
      if (document === undefined) return [malformedItem('the pending list is no JSON', text)];
      const items = pendingItems(document);
      if (items !== undefined) return items.map((item) => pendingHiring(item));
      // Some servers may give each hiring as a document of its own.
      const single = pendingHiring(document);
      if (single.parsed.kind === 'hiring') return [single];
      return [malformedItem(`the pending list is ${documentShape(document)}`, text)];
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
