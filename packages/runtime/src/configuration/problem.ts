/** One thing that is wrong with the configuration, and how to mend it. */
export interface ConfigurationProblem {
  /** The setting, such as `matrix.homeserverUrl`, or the file. */
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

/** All problems at once, as text for a person. */
export function describeProblems(name: string, problems: readonly ConfigurationProblem[]): string {
  const count = problems.length === 1 ? '1 setting needs' : `${problems.length} settings need`;
  const items = problems.map(({ where, what, remedy }) => `  ${where} ${what}\n      ${remedy}`);
  return `${name} cannot start: ${count} attention.\n\n${items.join('\n')}\n`;
}
