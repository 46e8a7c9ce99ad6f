import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ConfigurationProblem } from './problem.ts';
import type { Configuration } from './schema.ts';

/** What is wrong around the process with settings that are right by themselves. */
export async function problemsAround({ store }: Configuration): Promise<readonly ConfigurationProblem[]> {
  const folder = dirname(store.file);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return [];
  } catch {
    return [
      {
        where: 'store.file',
        what: `is to be in ${folder}, where this process cannot write`,
        remedy: `Make the folder and let the user of this process write there: mkdir -p ${folder}`,
      },
    ];
  }
}
