import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** Pieces that, repeated, are likely to cost a pattern the most: what it matches in part, made from the pattern itself. */
export function pumpsOf(pattern: string, flags: string): readonly string[] {
  const ast = new RegExpParser().parsePattern(pattern, 0, pattern.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  const pumps = new Set<string>();
  for (const alternative of ast.alternatives) collect(alternative, flags, pumps);
  return [...pumps].filter((pump) => pump !== '').slice(0, MAX_PUMPS);
}

const MAX_PUMPS = 24;

/** Everything up to each of its elements, each element alone, and the same of what is inside of them. */
function collect({ elements }: AST.Alternative, flags: string, pumps: Set<string>): void {
  let whole = '';
  for (const element of elements) {
    const one = sampleOf(element, flags);
    pumps.add(one);
    whole += one;
    pumps.add(whole);
    if (element.type === 'Group' || element.type === 'CapturingGroup') {
      for (const alternative of element.alternatives) collect(alternative, flags, pumps);
    }
  }
}

function sampleOf(element: AST.Element, flags: string): string {
  switch (element.type) {
    case 'Character':
      return String.fromCodePoint(element.value);
    case 'CharacterClass':
    case 'CharacterSet':
    case 'ExpressionCharacterClass':
      return memberOf(element.raw, flags);
    case 'Quantifier':
      return sampleOf(element.element, flags).repeat(Math.min(Math.max(element.min, 1), 64));
    case 'Group':
    case 'CapturingGroup':
      return (element.alternatives[0]?.elements ?? []).map((inner) => sampleOf(inner, flags)).join('');
    case 'Assertion':
    case 'Backreference':
      return '';
  }
}

const CHARACTERS = [
  'a',
  'A',
  '0',
  '_',
  '-',
  '.',
  ' ',
  '\n',
  '/',
  ':',
  '=',
  '"',
  '`',
  '*',
  '!',
  '\u200b',
  '\u0301',
  'é',
  '中',
  '😀',
];

function memberOf(raw: string, flags: string): string {
  const single = new RegExp(`^${raw}$`, flags.replaceAll(/[gym]/g, ''));
  return CHARACTERS.find((character) => single.test(character)) ?? /[^\\[\]^]/.exec(raw)?.[0] ?? '';
}

/** Texts of so many characters from one piece: alone, behind a beginning, and with an end that fits nothing. */
export function textsOf(pump: string, characters: number): readonly string[] {
  const run = pump.repeat(Math.ceil(characters / pump.length)).slice(0, characters);
  return [`${run}\u0001`, `x ${run}\n`];
}
