import type { FormerTokens } from './former-tokens.ts';
import { KnownSecrets } from './known-secrets.ts';
import { scanShortText } from './scan.ts';
import { unescaped } from './unescaped.ts';
import type { HiringMessage } from '../worker-messages/conversation.ts';
import type { Hiring } from '../hiring/hiring.ts';
import type { Secret } from './secret.ts';

/** Stands where a hirer repeated the repository token. */
const WITHHELD = '[repository token withheld]';
/** Deeper than that nothing is kept of a hirer's own fields. */
const MAX_DEPTH = 12;
/** Looking at each line of more would hold up everything else. */
const MAX_LINES = 1_000;
const WINDOW_CHARACTERS = 200_000;
/** Longer than a token is in any of its spellings. */
const OVERLAP_CHARACTERS = 4_000;

/**
 * The hiring without its repository token in any of its texts: a hirer may repeat it in words, and those are stored and
 * staged as they are, while the token itself is only ever kept sealed. The common spellings are cut out; of a disguised one the line
 * goes or, if it runs over several, the whole text. `token` is the attempt's, where this document does not hold it.
 */
export function withoutToken(hiring: Hiring, token: Secret | undefined = hiring.repoToken): Hiring {
  return token === undefined ? hiring : cleaned(hiring, cleanerOf(token));
}

/** The same for tokens that the hirer gave before, such as that of an attempt which has ended. */
export function withoutFormerTokens(hiring: Hiring, former: FormerTokens | undefined): Hiring {
  if (former === undefined) return hiring;
  const known = former.with();
  return cleaned(hiring, (text) => withoutLines(former.cut(text, WITHHELD), known));
}

function cleaned(hiring: Hiring, clean: Clean): Hiring {
  const maybe = (text: string | undefined) => (text === undefined ? undefined : clean(text));
  const { dispatchId } = hiring.marker;
  return {
    ...hiring,
    status: clean(hiring.status),
    marker: { ...hiring.marker, ...(dispatchId === undefined ? {} : { dispatchId: clean(dispatchId) }) },
    workerMatrixId: maybe(hiring.workerMatrixId),
    description: clean(hiring.description),
    capability: maybe(hiring.capability),
    price: maybe(hiring.price),
    repoUrl: maybe(hiring.repoUrl),
    clientMessage: maybe(hiring.clientMessage),
    customerId: maybe(hiring.customerId),
    extras: cleanFields(hiring.extras, clean),
    problems: hiring.problems.map(clean),
    ...(hiring.messages === undefined ? {} : { messages: cleanMessages(hiring.messages, clean) }),
  };
}

type Clean = (text: string) => string;

function cleanMessages(messages: readonly HiringMessage[], clean: Clean): readonly HiringMessage[] {
  return messages.map((message) => ({ ...message, id: clean(message.id), text: clean(message.text) }));
}

function cleanFields(
  fields: Readonly<Record<string, unknown>>,
  clean: Clean,
  depth = 0,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [clean(name), cleanValue(value, clean, depth + 1)]),
  );
}

function cleanValue(value: unknown, clean: Clean, depth: number): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return WITHHELD;
  if (Array.isArray(value)) return value.map((item: unknown) => cleanValue(item, clean, depth + 1));
  return cleanFields({ ...value }, clean, depth);
}

function cleanerOf(token: Secret): Clean {
  const value = token.reveal();
  const spellings = new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]);
  const known = new KnownSecrets([{ code: 'repository_token', secret: token }]);
  return (text) => {
    let cut = text;
    for (const spelling of spellings) cut = cut.replaceAll(spelling, WITHHELD);
    return withoutLines(cut, known);
  };
}

/** Without the lines in which a token is disguised; nothing is left of a text over whose lines it runs. */
function withoutLines(text: string, known: KnownSecrets): string {
  const isFound = (part: string) => scanShortText(part, known)?.code === 'repository_token';
  // Where a text seems to hold another credential, too, that may be found first.
  const holdsIt = (whole: string) =>
    windowsOf(whole).some((part) => isFound(part) || isFound(unescaped(part)));
  if (!holdsIt(text)) return text;
  const all = text.split('\n');
  if (all.length > MAX_LINES) return WITHHELD;
  const lines = all.map((line) => (holdsIt(line) ? WITHHELD : line)).join('\n');
  return holdsIt(lines) ? WITHHELD : lines;
}

/** Parts of a text that are short enough to be looked through at once, each with the end of the one before it. */
function windowsOf(text: string): readonly string[] {
  const count = Math.max(1, Math.ceil(text.length / WINDOW_CHARACTERS));
  return Array.from({ length: count }, (_, index) =>
    text.slice(Math.max(0, index * WINDOW_CHARACTERS - OVERLAP_CHARACTERS), (index + 1) * WINDOW_CHARACTERS),
  );
}
