import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ConfigurationProblem } from './problem.ts';
import type { Configuration } from './schema.ts';

/** What is wrong around the process with settings that are right by themselves. */
export async function problemsAround({
  store,
  tasks,
  log,
}: Configuration): Promise<readonly ConfigurationProblem[]> {
  const places = [
    { where: 'store.file', folder: dirname(store.file), holds: 'is to be in' },
    ...(log.file === undefined
      ? []
      : [{ where: 'log.file', folder: dirname(log.file), holds: 'is to be in' }]),
    ...(tasks.directory === undefined
      ? []
      : [{ where: 'tasks.directory', folder: tasks.directory, holds: 'is' }]),
  ];
  const problems: ConfigurationProblem[] = [];
  for (const { where, folder, holds } of places) {
    try {
      await access(folder, constants.W_OK | constants.X_OK);
    } catch {
      const what = `${holds} ${folder}, where this process cannot write`;
      const remedy = `Make the folder and let the user of this process write there: mkdir -p ${folder}`;
      problems.push({ where, what, remedy });
    }
  }
  return problems;
}
