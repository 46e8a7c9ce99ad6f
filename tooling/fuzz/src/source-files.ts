import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The folder of the whole workspace. */
export const rootFolder = join(import.meta.dirname, '..', '..', '..');

/** Every source file of the packages and apps, relative to the root, without tests and what only tests use. */
export function sourceFiles(): readonly string[] {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(rootFolder, group)).flatMap((name) => filesIn(join(rootFolder, group, name, 'src'))),
  );
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(rootFolder, join(entry.parentPath, entry.name)))
    .filter((path) => !/[/\\](?:test|testing)[/\\]/.test(path))
    .toSorted();
}
