import { createHash } from 'node:crypto';
import { parseDocumentForm, type ParsedHiring } from '../domain/index.ts';
import { truncate } from './truncate.ts';

const MAX_RAW_CHARACTERS = 1024 * 1024;

/** One item of a list of pending hirings. */
export interface PendingHiring {
  readonly parsed: ParsedHiring;
  /** The item as it came, cut at 1 MiB. It may hold a repository token: encrypted at rest, never logged. */
  readonly raw: string;
}

/** Reads one item of a list; what is no hiring is kept as malformed (Agrenting API reference, 5.3 and 7.6). */
export function pendingHiring(item: unknown): PendingHiring {
  try {
    const raw = JSON.stringify(item) ?? 'null';
    return { parsed: parseDocumentForm(item), raw: truncate(raw, MAX_RAW_CHARACTERS, '') };
  } catch {
    // Only nesting beyond the stack gets here: text can be parsed deeper than it can be written.
    return malformedItem('the item is nested too deep', '');
  }
}

/** Text from which no hiring could be read. */
export function malformedItem(problem: string, text: string): PendingHiring {
  return { parsed: { kind: 'malformed', problem }, raw: truncate(text, MAX_RAW_CHARACTERS, '') };
}

/** Items that were passed on and could not be read are known so far back. */
const MAX_REMEMBERED = 1000;

/** Lets each malformed item through once, and not at every read of a list that still has it. */
export class MalformedOnce {
  readonly #passedOn = new Set<string>();

  /** What is to be passed on: every hiring, and each malformed item unless `took` has had it. */
  fresh(items: readonly PendingHiring[]): readonly PendingHiring[] {
    return items.filter((item) => item.parsed.kind === 'hiring' || !this.#passedOn.has(fingerprint(item)));
  }

  /** Remembers what was passed on and kept. */
  took(items: readonly PendingHiring[]): void {
    if (this.#passedOn.size > MAX_REMEMBERED) this.#passedOn.clear();
    for (const item of items) if (item.parsed.kind === 'malformed') this.#passedOn.add(fingerprint(item));
  }
}

function fingerprint(item: PendingHiring): string {
  return createHash('sha256').update(item.raw).digest('base64');
}
