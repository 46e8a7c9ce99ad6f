import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Configuration } from './schema.ts';
import type { SettingProblem } from './setting-problem.ts';

/** What is wrong around the process with settings that are right by themselves. */
export async function hostProblems({ store, tasks, log }: Configuration): Promise<readonly SettingProblem[]> {
  const places = [
    { where: 'store.file', folder: dirname(store.file), isFolder: false },
    ...(log.file === undefined ? [] : [{ where: 'log.file', folder: dirname(log.file), isFolder: false }]),
    ...(tasks.directory === undefined
      ? []
      : [{ where: 'tasks.directory', folder: tasks.directory, isFolder: true }]),
  ];
  const problems: SettingProblem[] = [];
  for (const { where, folder, isFolder } of places) {
    try {
      await access(folder, constants.W_OK | constants.X_OK);
    } catch {
      problems.push({ where, code: 'folder_unwritable', folder, isFolder });
    }
  }
  return problems;
}
