import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RegExpParser, visitRegExpAST, type AST } from '@eslint-community/regexpp';
import { parseSync, Visitor, type CallExpression, type NewExpression } from 'oxc-parser';
import { rootFolder, sourceFiles } from './source-files.ts';

/** A regular expression in the source. */
export interface FoundPattern {
  /** Relative to the root folder. */
  readonly file: string;
  readonly line: number;
  /** Undefined where it is put together when the program runs. */
  readonly pattern: string | undefined;
  readonly flags: string;
  /** Its quantifiers without an upper bound. */
  readonly unbounded: readonly string[];
  /** Why it may have them, as the comment on its line or the line before says. */
  readonly allowed: string | undefined;
}

/** Every regular expression of one file: literals, and those that are put together by `RegExp`. */
export function patternsOf(file: string, text: string): readonly FoundPattern[] {
  const { program, comments } = parseSync(file, text);
  const lines = text.split('\n');
  const allowedOn = new Map<number, string>();
  for (const { value, start } of comments) {
    const why = /^\s*bounded:\s*(\S.*)$/s.exec(value)?.[1]?.trim();
    if (why !== undefined) allowedOn.set(lineAt(lines, start), why);
  }
  const found: FoundPattern[] = [];
  const add = (
    start: number,
    pattern: string | undefined,
    flags: string,
    unbounded: readonly string[],
  ): void => {
    const line = lineAt(lines, start);
    const allowed = allowedOn.get(line) ?? allowedOn.get(line - 1);
    found.push({ file, line, pattern, flags, unbounded, allowed });
  };
  const constructed = ({ start, callee }: CallExpression | NewExpression): void => {
    if (callee.type === 'Identifier' && callee.name === 'RegExp') add(start, undefined, '', ['new RegExp']);
  };
  new Visitor({
    Literal(node) {
      if ('regex' in node) {
        const { pattern, flags } = node.regex;
        add(node.start, pattern, flags, unboundedIn(pattern, flags));
      }
    },
    NewExpression: constructed,
    CallExpression: constructed,
  }).visit(program);
  return found;
}

/**
 * The quantifiers of a pattern that have no upper bound and may cost more than one step for each character. Two forms never
 * do, and never fill the stack: one class repeated and nothing else, as in `/\s+/g`; and what begins with `^` and repeats
 * one class once, as in `/^\d+ of (.*)/` does not.
 */
function unboundedIn(pattern: string, flags: string): readonly string[] {
  const ast = new RegExpParser().parsePattern(pattern, 0, pattern.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  return ast.alternatives.flatMap((alternative) => {
    const unbounded: AST.Quantifier[] = [];
    visitRegExpAST(alternative, {
      onQuantifierEnter(quantifier) {
        if (quantifier.max === Number.POSITIVE_INFINITY) unbounded.push(quantifier);
      },
    });
    return isLinear(alternative, unbounded, flags) ? [] : unbounded.map(({ raw }) => raw);
  });
}

function isLinear(
  { elements }: AST.Alternative,
  unbounded: readonly AST.Quantifier[],
  flags: string,
): boolean {
  const [only, ...others] = unbounded;
  if (only === undefined) return true;
  if (others.length > 0 || only.min > 1 || !isOneUnit(only.element, flags) || isRepeated(only)) return false;
  const [first] = elements;
  if (elements.length === 1 && first === only) return true;
  return first?.type === 'Assertion' && first.kind === 'start' && !flags.includes('m');
}

/** Whether what is repeated is one code unit each time: a pair of surrogates costs a place on the stack. */
function isOneUnit({ type }: AST.QuantifiableElement, flags: string): boolean {
  return /^Character(?:Class|Set)?$/.test(type) && !flags.includes('u') && !flags.includes('v');
}

/** Whether something around it repeats it. */
function isRepeated({ parent }: AST.Node): boolean {
  if (parent === null) return false;
  return (parent.type === 'Quantifier' && parent.max > 1) || isRepeated(parent);
}

function lineAt(lines: readonly string[], offset: number): number {
  let rest = offset;
  for (const [index, line] of lines.entries()) {
    if (rest <= line.length) return index + 1;
    rest -= line.length + 1;
  }
  return lines.length;
}

/** All of them, in packages and apps. */
export function allPatterns(): readonly FoundPattern[] {
  return sourceFiles().flatMap((file) => patternsOf(file, readFileSync(join(rootFolder, file), 'utf8')));
}

/** What takes a text or bytes apart without a pattern. */
const BY_HAND =
  /\b(?:TextDecoder|JSON\.parse|codePointAt|charCodeAt|normalize\(|parseDocument|inflate\w{0,10}\()/;

/** The files that read text or bytes, by a pattern or by hand. */
export function readingFiles(): readonly string[] {
  return sourceFiles().filter((file) => {
    const text = readFileSync(join(rootFolder, file), 'utf8');
    return BY_HAND.test(text) || patternsOf(file, text).length > 0;
  });
}
