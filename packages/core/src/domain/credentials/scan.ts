import { atOnce, inTurns, type Pieces } from '../text/in-turns.ts';
import type { CredentialFinding } from './finding.ts';
import { credentialByForm } from './forms.ts';
import { withoutControlSequences } from './control-sequences.ts';
import { hiddenText } from './hidden-text.ts';
import { MAX_EXACT_LENGTH, NO_SECRETS, type KnownSecrets } from './known-secrets.ts';
import { spelledByCodes, withoutLineNumbers } from './numbers.ts';
import { plainText } from './plain-text.ts';
import { foldInto, MAX_FOLDED_LENGTH } from './secret-search.ts';
import { readingsOf } from './readings.ts';
import { unescaped } from './unescaped.ts';
import { withoutTags } from './without-tags.ts';

/** No credential that is recognized by its form is longer, so that none is missed where two windows meet. */
const OVERLAP = 4_096;
/** Longest text that is looked through at once. */
const MAX_AT_ONCE_CHARACTERS = 300_000;

/**
 * Looks for credentials in a text or in the bytes of a file: known ones, and what looks like one. Disguises are taken off
 * first: invisible characters, fullwidth letters, UTF-16, escapes, tags, colours of terminals, and for known secrets line breaks and
 * numbers, case, Base64, hexadecimal and codes of characters. Invisible characters that carry something are a finding themselves. It takes time in proportion to the length and lets the event loop turn every few milliseconds. It never
 * throws: a check that does not come to its end is the finding `unchecked`. What is compressed or encrypted is not looked into.
 */
export async function scanForCredentials(
  input: Uint8Array | string,
  known: KnownSecrets = NO_SECRETS,
): Promise<CredentialFinding | undefined> {
  try {
    return await inTurns(scanInPieces(input, known));
  } catch {
    return { code: 'unchecked' };
  }
}

/** The same of a short text, at once; one of more than 300,000 characters is `unchecked`. */
export function scanShortText(text: string, known: KnownSecrets = NO_SECRETS): CredentialFinding | undefined {
  if (text.length > MAX_AT_ONCE_CHARACTERS) return { code: 'unchecked' };
  try {
    return atOnce(scanInPieces(text, known));
  } catch {
    return { code: 'unchecked' };
  }
}

/** Longest text in which known secrets are looked for by themselves. */
const MAX_KNOWN_CHARACTERS = 16_384;

/**
 * Whose known secret is in the end of one text and the beginning of the next, put together: at most 16,384
 * characters. Forms are not looked for, since what nobody wrote in one piece is often like one.
 */
export function knownSecretIn(text: string, known: KnownSecrets): CredentialFinding | undefined {
  const plain = plainText(text.slice(-MAX_KNOWN_CHARACTERS)).text;
  const folded = new Uint8Array(plain.length + 1);
  const code = known.inText(plain) ?? known.inFolded(folded, foldInto(folded, 0, plain));
  return code === undefined ? undefined : { code };
}

/** The scan itself, for longer work that it is a part of. */
export function* scanInPieces(
  input: Uint8Array | string,
  known: KnownSecrets,
): Pieces<CredentialFinding | undefined> {
  for (const reading of readingsOf(input)) {
    const window = new Window(known, reading.isText);
    // What a terminal would show, from the first control sequence on.
    let terminal: Window | undefined;
    for (const chunk of reading.pieces) {
      const found = window.read(chunk);
      if (found !== undefined) return found;
      yield;
      const shown = withoutControlSequences(chunk);
      if (shown !== chunk) terminal ??= new Window(known, reading.isText);
      const foundInShown = terminal?.read(shown);
      if (foundInShown !== undefined) return foundInShown;
      if (terminal !== undefined) yield;
    }
  }
  return undefined;
}

/** A piece of a text at a time, and what is kept of the pieces before it. */
class Window {
  readonly #known: KnownSecrets;
  #raw = '';
  #plain = '';
  #separated = '';
  #hidden = '';
  #folded = new Uint8Array(0);
  readonly #isText: boolean;

  constructor(known: KnownSecrets, isText: boolean) {
    this.#known = known;
    this.#isText = isText;
  }

  read(chunk: string): CredentialFinding | undefined {
    const { text, separated } = plainText(chunk);
    const code =
      this.#known.inText(this.#raw + chunk) ??
      this.#secretIn(text) ??
      this.#formIn(text, separated) ??
      this.#hiddenIn(chunk);
    this.#raw = (this.#raw + chunk).slice(-MAX_EXACT_LENGTH);
    return code === undefined ? undefined : { code };
  }

  #formIn(text: string, separated: string | undefined): CredentialFinding['code'] | undefined {
    const plain = this.#plain + text;
    // A credential may begin behind what nobody sees, where without it there would be no beginning of a word.
    const apart = this.#separated + (separated ?? text);
    const open = unescaped(plain);
    const shown = withoutTags(withoutControlSequences(open));
    const unnumbered = withoutLineNumbers(shown);
    const spelled = spelledByCodes(shown);
    this.#plain = plain.slice(-OVERLAP);
    this.#separated = apart.slice(-OVERLAP);
    return (
      this.#known.inText(plain) ??
      credentialByForm(plain) ??
      (apart === plain ? undefined : credentialByForm(apart)) ??
      (open === plain ? undefined : (this.#secretAlone(open) ?? credentialByForm(open))) ??
      (shown === open ? undefined : (this.#secretAlone(shown) ?? credentialByForm(shown))) ??
      (unnumbered === shown ? undefined : this.#secretAlone(unnumbered)) ??
      (spelled === undefined ? undefined : this.#secretAlone(spelled))
    );
  }

  #hiddenIn(chunk: string): CredentialFinding['code'] | undefined {
    const hidden = hiddenText(chunk);
    if (hidden === undefined) return undefined;
    const read = this.#hidden + hidden.text;
    this.#hidden = read.slice(-OVERLAP);
    return (
      this.#secretAlone(read) ??
      credentialByForm(read) ??
      (hidden.isCarrier && this.#isText ? 'hidden_text' : undefined)
    );
  }

  #secretIn(text: string): CredentialFinding['code'] | undefined {
    const before = this.#folded.length;
    const folded = new Uint8Array(before + text.length + 1);
    folded.set(this.#folded);
    const end = foldInto(folded, before, text);
    this.#folded = folded.slice(Math.max(0, end - MAX_FOLDED_LENGTH), end);
    return this.#known.inFolded(folded, end);
  }

  #secretAlone(text: string): CredentialFinding['code'] | undefined {
    const folded = new Uint8Array(text.length + 1);
    return this.#known.inText(text) ?? this.#known.inFolded(folded, foldInto(folded, 0, text));
  }
}
