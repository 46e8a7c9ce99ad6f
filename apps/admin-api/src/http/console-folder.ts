import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { consoleDirectory } from '@agrenting-hiclaw/console';
import { SettingError } from '@agrenting-hiclaw/runtime';

/**
 * The folder of the console that is served: the configured one, else the one that comes with this release; undefined when that
 * one was not built. Throws `SettingError` when there is no page in the configured folder.
 */
export function consoleFolder(
  configured: string | undefined,
  ofRelease = consoleDirectory(),
): string | undefined {
  const folder = configured ?? ofRelease;
  if (existsSync(join(folder, 'index.html'))) return folder;
  if (configured === undefined) return undefined;
  throw new SettingError({ where: 'admin.console', code: 'console_missing', folder: configured });
}

/** For who started the API at this address: where the console is, or what to do where `consoleFolder` gave nothing. */
export function consoleNotice(url: string, folder: string | undefined): string {
  return folder === undefined
    ? `the API is at ${url}/docs, without the console, which was not built: run npm run build in the checkout, then start again`
    : `the console is at ${url}/`;
}
