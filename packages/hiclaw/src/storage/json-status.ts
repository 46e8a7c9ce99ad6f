import { plainLine } from './plain-line.ts';
import { saysBadStatus } from './status-line.ts';

/** A longer text is an answer. */
const MAX_CHARACTERS = 65_536;
/** An answer may be a report in JSON, but one as deep as this is not about itself. */
const MAX_DEPTH = 2;
const MAX_KEYS = 200;
/** An object with more keys is about more than an error. */
const MAX_ERROR_KEYS = 5;

/** A JSON object or list that is a whole text; undefined for any other text. */
export function parsedJson(text: string): object | undefined {
  if (text.length > MAX_CHARACTERS || !/^\s{0,999}[{[]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an object, or the only one in a list, says of itself, whatever else it says, that the work was not done. */
export function isBadJson(value: object, depth = 0): boolean {
  if (Array.isArray(value)) {
    // Of several, each is about something else.
    const list: readonly unknown[] = value;
    const [only, ...others] = list;
    if (depth > 0 || others.length > 0 || typeof only !== 'object' || only === null) return false;
    return !Array.isArray(only) && isBadJson(only);
  }
  const entries = Object.entries(value).slice(0, MAX_KEYS);
  return entries.some(([key, held]: [string, unknown]) => {
    if (/^(?:is_?)?(?:success|successful|succeeded|ok|completed?|done|finished)$/i.test(key)) {
      return held === false || held === 'false';
    }
    if (/^(?:failed|blocked|is_?error)$/i.test(key)) return held === true || held === 'true';
    if (/^(?:error|errors|error_?message|exception|failure)$/i.test(key)) {
      return entries.length <= MAX_ERROR_KEYS && isSomething(held);
    }
    if (typeof held === 'string') return saysBadStatus([plainLine(`${key}: ${held}`)], 0);
    return typeof held === 'object' && held !== null && depth < MAX_DEPTH && isBadJson(held, depth + 1);
  });
}

function isSomething(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '' && !/^(?:none|null|no|n\/a)$/i.test(value.trim());
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
