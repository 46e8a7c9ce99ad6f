import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Folder } from './engine/folder.ts';

const DEPLOY = fileURLToPath(new URL('../../checks/src/deploy.ts', import.meta.url));

/** Deploys an app, and programs beside its own, and says in which folder they are. */
export async function deployed(
  app: string,
  { storeFile }: Folder,
  programs: readonly string[] = [],
): Promise<string> {
  const folder = join(dirname(storeFile), 'deployed');
  await promisify(execFile)(process.execPath, [DEPLOY, app, folder, ...programs]);
  return join(folder, 'dist');
}
