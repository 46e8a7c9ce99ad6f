import { readFile } from 'node:fs/promises';
import type { Terminal } from '../terminal/terminal.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';

/** A secret from the first variable that is set, or from the file that `<variable>_FILE` names. */
export async function givenSecret(
  { environment }: Pick<Terminal, 'environment'>,
  variables: readonly string[],
): Promise<string | undefined> {
  for (const variable of variables) {
    const value = environment[variable];
    if (value !== undefined && value !== '') return value;
    const file = environment[`${variable}_FILE`];
    if (file === undefined || file === '') continue;
    return await readFile(file, 'utf8').then(
      (text) => text.trim(),
      () => {
        throw new CommandError(EXIT.usage, `${file} cannot be read`, `Correct ${variable}_FILE.`);
      },
    );
  }
  return undefined;
}
