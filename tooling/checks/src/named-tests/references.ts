/** A test that a page names. */
export interface TestReference {
  /** Relative to the root folder. */
  readonly file: string;
  /** As vitest prints it: `describe > ... > test`. */
  readonly title: string;
}

/**
 * The tests that a text names, one code span each; between them may stand `<br>`, commas and spaces. Undefined when it names
 * none, or holds anything else.
 */
export function parseReferences(text: string): readonly TestReference[] | undefined {
  // A span begins and ends with the same number of backticks, so that a title may hold some.
  const span = /(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g;
  if (text.replaceAll(span, '').replaceAll(/<br\s*\/?>|,|\s/g, '') !== '') return undefined;
  const references = [...text.matchAll(span)].map((match) => parseReference((match[2] ?? '').trim()));
  const milestones = references.filter((reference) => reference !== undefined);
  return references.length > 0 && milestones.length === references.length ? milestones : undefined;
}

function parseReference(text: string): TestReference | undefined {
  const match = /^(\S+\.test\.ts) > (.+)$/.exec(text);
  const [, file, title] = match ?? [];
  return file === undefined || title === undefined ? undefined : { file, title };
}
