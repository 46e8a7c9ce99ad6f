const FENCE = /^\s{0,3}(`{3,100}|~{3,100})\s{0,9}([^\s`]{0,40})/;
/** Fences in which a worker may well put what it has to say. */
const PLAIN_LANGUAGES = new Set(['', 'text', 'txt', 'plain', 'plaintext', 'markdown', 'md', 'yaml', 'yml']);
const MAX_FENCE_CHARACTERS = 65_536;

/** The fenced parts of a text. */
export interface Code {
  /** One for each line: code, words, or the fence itself. */
  readonly kinds: readonly ('code' | 'words' | 'fence')[];
  readonly codeLines: number;
  /** The text in the first fence. */
  readonly first: string | undefined;
  /** How much stands outside all fences. */
  readonly proseCharacters: number;
}

const NO_CODE: Code = { kinds: [], codeLines: 0, first: undefined, proseCharacters: 0 };

/** Tells code from words. Code is what is in a fence with the name of a programming language. */
export function codeIn(lines: readonly string[]): Code {
  if (!lines.some((line) => mayFence(line))) return NO_CODE;
  const kinds: ('code' | 'words' | 'fence')[] = [];
  let open: { readonly run: string; readonly isCode: boolean } | undefined;
  let codeLines = 0;
  let proseCharacters = 0;
  let fences = 0;
  const first: string[] = [];
  for (const line of lines) {
    const [, run = '', language = ''] = mayFence(line) ? (FENCE.exec(line) ?? []) : [];
    if (open === undefined && run !== '') {
      open = { run, isCode: !PLAIN_LANGUAGES.has(language.toLowerCase()) };
      fences += 1;
      kinds.push('fence');
    } else if (open === undefined) {
      proseCharacters += line.length;
      kinds.push('words');
    } else if (run !== '' && line.trimStart().startsWith(open.run)) {
      open = undefined;
      kinds.push('fence');
    } else {
      if (fences === 1) first.push(line);
      if (open.isCode && line.trim() !== '') codeLines += 1;
      kinds.push(open.isCode ? 'code' : 'words');
    }
  }
  const text = first.join('\n');
  const isWhole = fences > 0 && text.length <= MAX_FENCE_CHARACTERS;
  return { kinds, codeLines, first: isWhole ? text : undefined, proseCharacters };
}

function mayFence(line: string): boolean {
  return line.includes('```') || line.includes('~~~');
}

const THOUGHT_BEGINS = /^\s{0,99}<(think|thinking|reasoning)>/i;

/** The lines without the thoughts that some models write in front of what they say. */
export function withoutThoughts(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => line.trim() !== '');
  const [, name = ''] = THOUGHT_BEGINS.exec((lines[start] ?? '').slice(0, 200)) ?? [];
  if (name === '') return lines;
  const mark = `</${name.toLowerCase()}>`;
  const end = lines.findIndex((line) => line.toLowerCase().includes(mark));
  if (end === -1) return lines;
  const line = lines[end] ?? '';
  return [line.slice(line.toLowerCase().indexOf(mark) + mark.length), ...lines.slice(end + 1)];
}
