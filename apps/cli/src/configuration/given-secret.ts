import { readFile } from 'node:fs/promises';
import { problemOfSecret } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A secret from the first variable that is set, or from the file that `<variable>_FILE` names. */
export async function givenSecret(
  { environment }: Pick<Terminal, 'environment'>,
  variables: readonly string[],
): Promise<string | undefined> {
  for (const variable of variables) {
    const value = environment[variable];
    if (value !== undefined && value !== '') return whole(value, variable);
    const file = environment[`${variable}_FILE`];
    if (file === undefined || file === '') continue;
    return await readFile(file, 'utf8').then(
      (text) => whole(text.trim(), `${variable}_FILE`),
      () => {
        throw new CommandError(EXIT.usage, `${file} cannot be read`, `Correct ${variable}_FILE.`);
      },
    );
  }
  return undefined;
}

/** Throws for what is no secret, so that nothing is guarded by an empty one. */
function whole(text: string, variable: string): string {
  const problem = problemOfSecret(text);
  if (problem === undefined) return text;
  throw new CommandError(EXIT.usage, `${variable} ${problem}`, 'Set it, or remove it.');
}
