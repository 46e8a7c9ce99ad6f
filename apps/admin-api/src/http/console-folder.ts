import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A package of its own, which need not be there. */
const CONSOLE = '@agrenting-hiclaw/console';

/** Where the console lies that was built: as configured, or of the package beside this one; undefined where it is nowhere. */
export function consoleFolder(configured: string | undefined): string | undefined {
  const beside = fileURLToPath(new URL('../../../../packages/console/dist', import.meta.url));
  const folders = configured === undefined ? [...ofPackage(), beside] : [configured];
  return folders.find((folder) => existsSync(join(folder, 'index.html')));
}

function ofPackage(): readonly string[] {
  try {
    return [join(dirname(createRequire(import.meta.url).resolve(`${CONSOLE}/package.json`)), 'dist')];
  } catch {
    return [];
  }
}
