// Behaviour depends on codes and never on the wording of a text: finds where it does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor, type Expression } from 'oxc-parser';
import { rootFolder, sourceFiles } from '../../fuzz/src/source-files.ts';

/** A place where something is decided by the words of a sentence. */
export interface ReadSentence {
  /** Relative to the root folder. */
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** Two words and more. */
const SENTENCE = /[a-z]{2,} [a-z]/i;
/** What holds sentences of ours. */
const NAMES: ReadonlySet<string> = new Set([
  'why',
  'todo',
  'cause',
  'problem',
  'remedy',
  'detail',
  'what',
  'message',
]);
/** What looks into a text. */
const METHODS: ReadonlySet<string> = new Set([
  'startsWith',
  'endsWith',
  'includes',
  'indexOf',
  'lastIndexOf',
  'match',
  'matchAll',
  'search',
  'replace',
  'replaceAll',
  'split',
]);
/** Those that are never a code: a cause, a why or a what may be one, and is looked up. */
const SENTENCES: ReadonlySet<string> = new Set(['todo', 'problem', 'remedy', 'detail', 'message']);
/** What asks for a text as a whole. */
const LOOKUPS: ReadonlySet<string> = new Set(['has', 'get']);
/** What gives the same words. */
const DRESSES: ReadonlySet<string> = new Set(['toLowerCase', 'toUpperCase', 'trim', 'toString']);

/**
 * Comparisons and patterns over sentences in one file. A sentence of others is no code of theirs either, but may be all
 * that they say: `// theirs: <whose it is>` on the line or the one before lets it be.
 */
export function readSentencesIn(file: string, text: string): readonly ReadSentence[] {
  const { program, comments } = parseSync(file, text);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const theirs = new Set(
    comments.filter(({ value }) => /^ ?theirs: ?\S/.test(value)).map(({ start }) => lineOf(start)),
  );
  const found: ReadSentence[] = [];
  const add = ({ start, end }: { readonly start: number; readonly end: number }): void => {
    const line = lineOf(start);
    if (theirs.has(line) || theirs.has(line - 1)) return;
    found.push({ file, line, code: text.slice(start, end) });
  };
  new Visitor({
    BinaryExpression(node) {
      if (!/^[!=]==?$/.test(node.operator)) return;
      if (isSentence(node.left) || isSentence(node.right)) add(node);
    },
    MemberExpression(node) {
      if (node.computed && (isSentence(node.property) || SENTENCES.has(lastName(node.property) ?? '')))
        add(node);
    },
    SwitchCase(node) {
      if (node.test !== null && isSentence(node.test)) add(node.test);
    },
    NewExpression(node) {
      const isPattern = node.callee.type === 'Identifier' && node.callee.name === 'RegExp';
      if (isPattern && node.arguments[0] !== undefined && NAMES.has(lastName(node.arguments[0]) ?? ''))
        add(node);
    },
    CallExpression(node) {
      const { callee } = node;
      if (callee.type !== 'MemberExpression' || callee.computed) return;
      const method = callee.property.name;
      const [given] = node.arguments;
      if (METHODS.has(method)) {
        const isSaid = given !== undefined && method !== 'split' && isSentence(given);
        if (isSaid || hasSentence(callee.object) || NAMES.has(lastName(callee.object) ?? '')) add(node);
      } else if (LOOKUPS.has(method)) {
        if (given !== undefined && (isSentence(given) || SENTENCES.has(lastName(given) ?? ''))) add(node);
      } else if (method === 'test' || method === 'exec') {
        if (given !== undefined && NAMES.has(lastName(given) ?? '')) add(node);
      }
    },
  }).visit(program);
  return found;
}

interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly quasis?: readonly { readonly value: { readonly raw: string } }[];
}

function isSentence(node: Node): boolean {
  if (node.type === 'TemplateLiteral')
    return node.quasis?.some(({ value }) => SENTENCE.test(value.raw)) === true;
  return node.type === 'Literal' && typeof node.value === 'string' && SENTENCE.test(node.value);
}

/** A list of sentences, in which one is looked for. */
function hasSentence(node: Expression): boolean {
  return node.type === 'ArrayExpression' && node.elements.some((each) => each !== null && isSentence(each));
}

/** `problem` of `outcome?.problem`, and of `problem.toLowerCase()`. */
function lastName(node: Expression | { readonly type: string }): string | undefined {
  if (!isExpression(node)) return undefined;
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression') {
    return node.computed || node.property.type !== 'Identifier' ? undefined : node.property.name;
  }
  if (node.type === 'CallExpression') {
    const { callee } = node;
    if (callee.type !== 'MemberExpression' || callee.computed) return undefined;
    return DRESSES.has(callee.property.name) ? lastName(callee.object) : undefined;
  }
  if (node.type === 'LogicalExpression') return lastName(node.left);
  if (node.type === 'ParenthesizedExpression') return lastName(node.expression);
  if (node.type === 'ChainExpression' || node.type === 'TSNonNullExpression')
    return lastName(node.expression);
  return undefined;
}

function isExpression(node: Expression | { readonly type: string }): node is Expression {
  return node.type !== 'SpreadElement';
}

/** All of them in the packages and apps. */
export function readSentences(): readonly ReadSentence[] {
  return sourceFiles().flatMap((file) => readSentencesIn(file, readFileSync(join(rootFolder, file), 'utf8')));
}
