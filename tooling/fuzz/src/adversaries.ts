/** A text or file made to cost its reader the most. */
export interface Adversary {
  readonly name: string;
  readonly bytes: Buffer;
}

const UNITS: Readonly<Record<string, string>> = {
  'one letter': 'a',
  digits: '7',
  capitals: 'A',
  spaces: ' ',
  tabs: '\t',
  'line feeds': '\n',
  'carriage returns': '\r',
  'line separators': '\u2028',
  'NUL characters': '\0',
  slashes: '/',
  backslashes: '\\',
  dots: '.',
  stops: 'a. ',
  dashes: '-',
  underscores: '_',
  asterisks: '*',
  'asterisks and letters': '*** a',
  colons: ':',
  'equals signs': '=',
  quotes: '"',
  backticks: '`',
  'growing fences': '````\na\n~~~~\n',
  commas: ',',
  'opening brackets': '[',
  'opening braces': '{"a":',
  'brackets in brackets': '([{<',
  'angle brackets': '<a ',
  ampersands: '&#65;',
  'percent signs': '%41',
  'escapes of JSON': '\\u0041',
  'combining marks': '\u0301\u0316',
  'a letter with marks': `e${'\u0301\u0327'.repeat(20)}`,
  'lone surrogates': '\ud800',
  emoji: '😀',
  'joined emoji': '👩\u200d',
  'invisible characters': '\u200b',
  'marks of direction': '\u202e',
  'tag characters': '\u{e0041}',
  'variation selectors': '\u{e0141}\ufe03',
  'flags of tags': '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  'colours of terminals': '\u001b[0m',
  'codes of characters': '109, 0x6d 0155 ',
  'numbered lines': '  12: a\n',
  ligatures: '\ufdfa',
  'fullwidth letters': 'ａ',
  'beginnings of Matrix tokens': '-syt_',
  'beginnings of model keys': 'sk-',
  'beginnings of GitHub tokens': 'ghp_a',
  'names of secrets': 'token',
  'assigned secrets': 'token=a',
  'assignments of words': 'secret: example1234567890abcdefgh ',
  'web tokens': 'eyJabcdefghij.',
  addresses: 'a://',
  'addresses with users': 'a://b:cccccccc',
  'private keys': '-----BEGIN A ',
  'long words': `${'a1'.repeat(500)} `,
  'markers of workers': 'PROGRESS: ',
  'markers to us': '@agrenting:x BLOCKED: \n',
  'conditions before a marker': 'if: \n@agrenting:x BLOCKED: a\n',
  'markers without a colon': '*TASK_COMPLETED ',
  'header lines': 'STATUS: DONE\n',
  'rows of a table': '| STATUS | a |\n',
  'headings of fields': '## STATUS\n',
  'items of a list': '- a\n',
  headings: '# ',
  'task ids': 'agrenting-00000000-0000-4000-8000-000000000000-a1 ',
  'calls in a stack': 'at a(',
  'places in a stack': 'at a.b (c:1',
  'Windows paths': 'C:\\a',
  paths: ' /a/b',
  'addresses of networks': '1.2.3.',
  'mail addresses': 'a@b.',
  diffs: 'diff --git a/b b/b\n',
  'records of a stream': 'data: a\n\n',
};

/** So many bytes of each. */
export function* adversaries(bytes: number): Generator<Adversary, void, undefined> {
  for (const [name, unit] of Object.entries(UNITS)) {
    const one = Buffer.from(unit);
    yield { name, bytes: Buffer.alloc(bytes, one) };
  }
  yield {
    name: 'bytes that are no UTF-8',
    bytes: Buffer.alloc(bytes, Buffer.from([0xff, 0xfe, 0xc0, 0x80])),
  };
  yield { name: 'UTF-16', bytes: Buffer.alloc(bytes, Buffer.from('a token=a\u200b', 'utf16le')) };
  yield { name: 'noise', bytes: noise(bytes, 1) };
}

/** Mixtures of the same pieces, drawn from a seed. */
export function mixture(bytes: number, seed: number): Adversary {
  const draw = numbersFrom(seed);
  const units = Object.values(UNITS);
  const parts: string[] = [];
  for (let length = 0; length < bytes;) {
    const unit = units[draw() % units.length] ?? 'a';
    const part = unit.repeat(1 + (draw() % 10 === 0 ? draw() % 20_000 : draw() % 40));
    parts.push(part);
    length += Buffer.byteLength(part);
  }
  return { name: `a mixture of seed ${seed}`, bytes: Buffer.from(parts.join('')).subarray(0, bytes) };
}

function noise(bytes: number, seed: number): Buffer {
  const draw = numbersFrom(seed);
  const made = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) made[at] = draw() & 0xff;
  return made;
}

/** Numbers without a pattern, the same for the same seed (xorshift). */
function numbersFrom(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
