import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the whole workspace. */
export const rootFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Every package's folder, relative to the root: `apps/mcp-client`, `packages/core`, ... */
export function packageFolders(): readonly string[] {
  return ['apps', 'packages', 'tooling'].flatMap((group) =>
    readdirSync(join(rootFolder, group))
      .toSorted()
      .map((name) => join(group, name))
      .filter((folder) => existsSync(join(rootFolder, folder, 'package.json'))),
  );
}

/** The packages that have something to compile. */
export function compiledFolders(): readonly string[] {
  return packageFolders().filter((folder) => existsSync(join(rootFolder, folder, 'tsconfig.json')));
}
