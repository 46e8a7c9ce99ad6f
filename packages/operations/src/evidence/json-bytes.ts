import { inTurns, type Pieces } from '@agrenting-hiclaw/core/domain';

/** Characters that become bytes together. */
const TOGETHER = 64 * 1024;

/**
 * The text of a JSON document with an indent of two, as `JSON.stringify` makes it, with a line feed behind. Others have
 * their turn while it is made: only a single text is worked on without a break.
 */
export async function jsonBytes(document: unknown): Promise<Buffer> {
  return Buffer.concat(await inTurns(written(document)));
}

function* written(document: unknown): Pieces<Buffer[]> {
  const pieces: Buffer[] = [];
  let text = '';
  for (const part of partsOf(document, '\n')) {
    text += part;
    if (text.length < TOGETHER) continue;
    pieces.push(Buffer.from(text));
    text = '';
    yield;
  }
  pieces.push(Buffer.from(`${text}\n`));
  return pieces;
}

/** `line` begins a line at the depth of the value. */
function* partsOf(value: unknown, line: string): Generator<string> {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) {
    // A list needs a placeholder for values that JSON does not have.
    yield JSON.stringify(value) ?? 'null';
    return;
  }
  const inner = `${line}  `;
  const isList = Array.isArray(value);
  const [opens, closes] = isList ? ['[', ']'] : ['{', '}'];
  let before = opens;
  for (const [name, item] of Object.entries(value)) {
    if (!isList && isUnknown(item)) continue;
    yield `${before}${inner}${isList ? '' : `${JSON.stringify(name)}: `}`;
    yield* partsOf(item, inner);
    before = ',';
  }
  yield before === opens ? `${opens}${closes}` : `${line}${closes}`;
}

/** Whether JSON leaves out a member with such a value. */
function isUnknown(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}
