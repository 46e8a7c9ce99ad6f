import type { TaskId } from '@agrenting-hiclaw/core/domain';
import { taskFolder } from './task-folder.ts';

/** So much of one item of a list is read. */
const MAX_ITEM_CHARACTERS = 2_000;
/** As many places of an item are looked at for the beginning, and for the end, of a name. */
const MAX_PLACES = 40;

/** What is never part of a name that can be told from the words around it. */
const MARKDOWN = /[`"“”«»<>|*\p{Cf}\p{Extended_Pictographic}\uFE0F]/gu;
/** What ends a name in the eyes of a reader of the line; a name that holds it is found all the same. */
const ENDS = /[\s)\]}`"'“”‘’«»<>|,;，；、。：（）［］【】「」『』]/u;
/** Behind a name, and seldom part of it. */
const TRAIL = /[\s.,:;!?)\]}'’_~，；、。：（）\-–—]{1,40}$/u;
const LEAD = /^(?:[\s(['‘{~_+-]|\[[ xX✓✔]?\]|\d{1,4}[.)]\s){1,40}/u;
const ESCAPED = /\\(?=[\\_*[\]()#+.!~-])/g;
const FILE_NAME = /[\p{L}\p{N}_)-]\.(?=\d{0,7}[a-z])[a-z\d]{1,8}$/iu;
/** Of a pattern or a placeholder nobody can tell what it names. */
const PATTERN = /[*?{}<>$…]|\.\.\./u;
const NOTHING =
  /^[^\p{L}\p{N}]{0,20}(?:none|nothing|no (?:separate |other |additional |extra )?(?:files?|deliverables?)|n\/?a|not applicable|not (?:produced|needed|required)|keine?|aucune?s?|ning[uú]n[oa]?|nessun[oa]?|nenhum[a]?|geen|brak|нет|无|無|没有|なし|없음)(?![\p{L}\p{N}])/iu;

/** The names in a folder, to look up what a list of files says. */
export interface FolderNames {
  /** The real name of a file, or of a folder with a slash at its end, however it is spelled; undefined when there is none. */
  find: (name: string) => string | undefined;
  /** Whether a file of this name, without its folder, lies somewhere and is not one of `taken`. */
  hasElsewhere: (name: string, taken: ReadonlySet<string>) => boolean;
  /** Whether any name begins so. */
  begins: (beginning: string) => boolean;
}

/** Prepares the names of files in a folder for `readItem`. */
export function folderNames(names: readonly string[]): FolderNames {
  const files = new Set(names);
  const folders = new Set(names.flatMap((name) => foldersOf(name)));
  const all = [...names, ...folders];
  // The first wins: a file before a folder of the same name.
  const byKey = new Map(all.toReversed().map((name) => [keyOf(name.replace(/\/$/, '')), name]));
  const byLastPart = Map.groupBy(names, (name) => keyOf(lastPart(name)));
  return {
    find(name) {
      if (files.has(name)) return name;
      const found = byKey.get(keyOf(name.replace(/\/$/, '')));
      return name.endsWith('/') && found !== undefined && files.has(found) ? undefined : found;
    },
    hasElsewhere: (name, taken) =>
      (byLastPart.get(keyOf(lastPart(name))) ?? []).some((other) => !taken.has(other)),
    begins: (beginning) => all.some((name) => keyOf(name).startsWith(keyOf(beginning))),
  };
}

function foldersOf(name: string): readonly string[] {
  const steps = name.split('/').slice(0, -1);
  return steps.map((_, index) => `${steps.slice(0, index + 1).join('/')}/`);
}

/** What an item of a list of files says. */
export interface ReadItem {
  /** Files, and folders with a slash at their end, that it names and that are there. */
  readonly found: readonly string[];
  /** Paths inside the task folder that it clearly names, and that are not there. */
  readonly missing: readonly string[];
}

/**
 * Reads an item of a list of delivered files as a person would: dressed in Markdown, with a label before it or words behind it,
 * with blanks and brackets in a name, in other spellings of a letter. A name that is there is always recognised; one that is not
 * counts as missing only if its path inside the task folder can be read in no other way.
 */
export function readItem(taskId: TaskId, item: string, names: FolderNames): ReadItem {
  const text = item.slice(0, MAX_ITEM_CHARACTERS);
  const folder = taskFolder(taskId);
  const found: string[] = [];
  const missing: string[] = [];
  const [before = '', ...behind] = text.split(folder);
  if (behind.length === 0) {
    const name = nameSomewhere(text, names);
    return { found: name === undefined ? [] : [name], missing };
  }
  const isNothing = NOTHING.test(text) || /~~/.test(before);
  for (const rest of behind) {
    const name = nameAtStart(rest, names);
    if (name !== undefined) found.push(name);
    else if (!isNothing) missing.push(...clearlyNamed(rest, names));
  }
  return { found, missing };
}

/** The longest name that a text begins with. */
function nameAtStart(text: string, names: FolderNames): string | undefined {
  for (const end of endsOf(text).toReversed()) {
    const name = nameOf(text.slice(0, end), names);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** A name that is all there is, or the first in a text that can only be that of a file or a folder. */
function nameSomewhere(text: string, names: FolderNames): string | undefined {
  const whole = nameOf(text, names);
  if (whole !== undefined) return whole;
  const starts = [0, ...[...text.matchAll(/[\s`"'“«<([{*_：（、，/]/gu)].map(({ index }) => index + 1)];
  for (const start of starts.slice(0, MAX_PLACES)) {
    const rest = text.slice(start);
    for (const end of endsOf(rest).toReversed()) {
      const said = rest.slice(0, end);
      const name = FILE_NAME.test(bare(said)) || said.endsWith('/') ? nameOf(said, names) : undefined;
      if (name !== undefined) return name;
    }
  }
  return undefined;
}

/** Where a name may end: before whatever may stand behind one, and at the end. */
function endsOf(text: string): readonly number[] {
  const ends: number[] = [];
  for (let at = 1; at < text.length && ends.length < MAX_PLACES; at += 1) {
    if (ENDS.test(text.charAt(at)) || text.charAt(at) === '*') ends.push(at);
  }
  return [...ends, text.length];
}

/** The readings of one name, until one is there. */
function nameOf(said: string, names: FolderNames): string | undefined {
  const plain = said.trim().replace(/^\.\//, '');
  const dressless = bare(plain);
  const readings = [plain, dressless, dressless.replaceAll(ESCAPED, ''), decoded(dressless)];
  for (const reading of readings) {
    if (reading === '' || leadsOut(reading)) continue;
    const name = names.find(reading) ?? names.find(reading.replace(/^\.?\/{1,9}/, ''));
    if (name !== undefined) return name;
  }
  return undefined;
}

function bare(said: string): string {
  const plain = said.replace(MARKDOWN, '').replace(LEAD, '').trim().replace(/^\.\//, '');
  const end = TRAIL.exec(plain)?.[0] ?? '';
  // A bracket that was opened belongs to the name.
  return /[([]/.test(plain) && /^[)\]]/.test(end)
    ? plain.slice(0, plain.length - end.length + 1)
    : plain.slice(0, plain.length - end.length);
}

/** What nobody can read but as the path of a file or folder. */
function clearlyNamed(rest: string, names: FolderNames): readonly string[] {
  const quoted = /^[^`\n]{1,1024}(?=`)/u.exec(rest)?.[0];
  const token = quoted ?? /^[^\s)\]}`"“”«»<>|,;，；、。：（）]{1,1024}/u.exec(rest)?.[0] ?? '';
  const plain = (token.endsWith('/') ? token : bare(token)).replaceAll(ESCAPED, '');
  if (plain === '' || leadsOut(plain)) return [];
  if (PATTERN.test(token)) {
    const beginning = /^[^*?{}<>$…]{0,1024}/u.exec(token)?.[0] ?? '';
    const isClear = beginning.includes('/') && !/[<>{}$…]/u.test(token);
    return isClear && !names.begins(beginning) ? [beginning] : [];
  }
  if (FILE_NAME.test(plain) || plain.endsWith('/')) return [plain];
  const whole = bare(rest).replaceAll(ESCAPED, '');
  const isAll = whole === plain || (FILE_NAME.test(whole) && !/[:;,，；：、。–—]|\s-\s/u.test(whole));
  return isAll ? [whole] : [];
}

function leadsOut(name: string): boolean {
  return name.split('/').includes('..');
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The end of a path. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The same for all spellings of one name: composed letters or not, capitals or not. */
export function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
