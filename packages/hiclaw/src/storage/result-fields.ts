/** The fields of a header, as `spec.md` asks for them. */
export const FIELDS = ['STATUS', 'SUMMARY', 'REASON', 'DELIVERABLES', 'SHA256', 'NOTES'] as const;
export type Field = (typeof FIELDS)[number];

export interface FieldLine {
  readonly name: Field;
  readonly value: string;
}

const NAMES: Readonly<Record<string, Field>> = {
  STATUS: 'STATUS',
  'TASK STATUS': 'STATUS',
  'RESULT STATUS': 'STATUS',
  'FINAL STATUS': 'STATUS',
  'OVERALL STATUS': 'STATUS',
  'JOB STATUS': 'STATUS',
  状态: 'STATUS',
  SUMMARY: 'SUMMARY',
  摘要: 'SUMMARY',
  总结: 'SUMMARY',
  REASON: 'REASON',
  原因: 'REASON',
  DELIVERABLES: 'DELIVERABLES',
  交付物: 'DELIVERABLES',
  SHA256: 'SHA256',
  NOTES: 'NOTES',
  备注: 'NOTES',
};

const NAME_PATTERN =
  '(?:(?:TASK|RESULT|FINAL|OVERALL|JOB)[ _]{1,3})?STATUS|SUMMARY|REASON|DELIVERABLES|SHA256|NOTES|状态|摘要|总结|原因|交付物|备注';
/** Markdown before a field: quotation, heading, list, emphasis, comment, emoji. */
const DRESS = '(?:[\\s>#*_`"•-]|<!--|\\d{1,2}[.)]\\s|\\p{Extended_Pictographic}|\\uFE0F){0,99}';
// bounded: DRESS and NAME_PATTERN have bounds
const FIELD = new RegExp(`^${DRESS}(${NAME_PATTERN})["*_\`\\s]{0,99}(?:[:：=]|\\s[–—-]\\s)`, 'iu');
// bounded: the same
const HEADING = new RegExp(
  `^\\s{0,3}#{1,6}\\s{1,9}[*_]{0,3}(${NAME_PATTERN})[*_]{0,3}\\s{0,9}[:：]?[*_]{0,3}\\s{0,9}#{0,6}\\s{0,99}$`,
  'iu',
);
// bounded: the same
const CELL = new RegExp(`^[\\s*_\`]{0,9}(${NAME_PATTERN})[\\s*_\`]{0,9}[:：]?[\\s*_\`]{0,9}$`, 'iu');

/** A header line, which may be dressed up in Markdown. */
export function fieldOf(line: string): FieldLine | undefined {
  const [beginning = '', word = ''] = FIELD.exec(line) ?? [];
  const name = nameOf(word);
  return name === undefined ? undefined : { name, value: undressed(line.slice(beginning.length)) };
}

/** The field whose name is all that a heading says. */
export function headingOf(line: string): Field | undefined {
  return nameOf(HEADING.exec(line)?.[1] ?? '');
}

/** The field whose name is all that a cell of a table says. */
export function cellOf(text: string): Field | undefined {
  return nameOf(CELL.exec(text.slice(0, 200))?.[1] ?? '');
}

function nameOf(word: string): Field | undefined {
  const plain = word.toUpperCase().replace(/[\s_]{1,9}/g, ' ');
  return Object.hasOwn(NAMES, plain) ? NAMES[plain] : undefined;
}

function undressed(value: string): string {
  return value.replace(/^[\s*_]+/, '').replace(/(?<![\s*_])[\s*_]+$/, ''); // bounded: each run once, by what is before it
}
