import { createHash } from 'node:crypto';
import { parseDocumentForm } from '../../domain/index.ts';
import { documentShape } from '../document-shape.ts';
import { pendingItems } from '../pending-list.ts';
import { truncate } from '../truncate.ts';
import type { PendingHiring } from './hiring-source.ts';

const MAX_RAW_CHARACTERS = 1024 * 1024;

/** The documents that a resource is made of, lists taken apart; `undefined` for a text that is no JSON. */
export function documentsOf(texts: readonly string[]): readonly unknown[] {
  return texts
    .filter((text) => text.trim() !== '')
    .map((text) => parse(text))
    .filter((document) => document !== null)
    .flatMap((document) => pendingItems(document) ?? [document]);
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
      if (document === undefined) return [malformed('the pending list is no JSON', text)];
      const items = pendingItems(document);
      if (items !== undefined) return items.map((item) => pendingHiring(item));
      // Some servers may give each hiring as a document of its own.
      const single = pendingHiring(document);
      if (single.parsed.kind === 'hiring') return [single];
      return [malformed(`the pending list is ${documentShape(document)}`, text)];
    });
}

function pendingHiring(item: unknown): PendingHiring {
  try {
    const raw = JSON.stringify(item) ?? 'null';
    return { parsed: parseDocumentForm(item), raw: truncate(raw, MAX_RAW_CHARACTERS, '') };
  } catch {
    // Only nesting beyond the stack gets here: text can be parsed deeper than it can be written.
    return malformed('the item is nested too deep', '');
  }
}

function malformed(problem: string, text: string): PendingHiring {
  return { parsed: { kind: 'malformed', problem }, raw: truncate(text, MAX_RAW_CHARACTERS, '') };
}

/** Tells malformed items apart, so that the same one is passed on once and not at every read. */
export function fingerprint(item: PendingHiring): string {
  return createHash('sha256').update(item.raw).digest('base64');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
