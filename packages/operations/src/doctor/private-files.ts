import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AGENT_VARIABLES, SETTINGS, type Configuration } from '@agrenting-hiclaw/runtime';
import { ConfigFile } from '../configuration/config-file.ts';

/** A file that only its owner may use, and what makes it one. */
export interface PrivateFile {
  readonly path: string;
  /** `secrets`: others may not even read it. `settings`: others may read it, but a writer controls where keys are sent. */
  readonly holds: 'secrets' | 'settings';
}

/** What is wrong with a private file. */
export interface ExposedFile {
  readonly path: string;
  readonly what: 'readable' | 'writable' | 'replaceable';
}

/**
 * The files that hold secrets or say where they go: the configuration file, the files that it or the environment
 * names for secrets, and the store with its write-ahead log. `configurationFile` is undefined where settings come
 * from the environment alone; a file that cannot be read names none.
 */
export async function privateFilesOf(
  configurationFile: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly PrivateFile[]> {
  const draft =
    configurationFile === undefined
      ? undefined
      : await ConfigFile.read(configurationFile).catch(() => undefined);
  const agents = draft?.value('agents');
  const indexes = Array.isArray(agents) ? [...agents.keys()] : [];
  const secrets = SETTINGS.filter(({ secret }) => secret);
  const isInline =
    secrets.some(({ path }) => draft?.value(...path) !== undefined) ||
    indexes.some((index) => draft?.value('agents', index, 'key') !== undefined);
  const named = [
    ...secrets.map(({ path: [section, name] }) => draft?.text(section, `${name}File`)),
    ...indexes.map((index) => draft?.text('agents', index, 'keyFile')),
    draft?.text('lifecycle', 'tokenFile'),
    ...[...secrets.map(({ variable }) => variable), AGENT_VARIABLES.key].map(
      (variable) => environment[`${variable}_FILE`],
    ),
  ].flatMap((path) => (path === undefined || path === '' ? [] : [path]));
  const own: readonly PrivateFile[] =
    draft === undefined ? [] : [{ path: draft.file, holds: isInline ? 'secrets' : 'settings' }];
  return [...own, ...[...new Set(named)].map((path): PrivateFile => ({ path, holds: 'secrets' }))];
}

/** The files of the store, whose rows hold what hirers wrote. */
export function storeFilesOf({ store: { file } }: Configuration): readonly PrivateFile[] {
  return [file, `${file}-wal`, `${file}-shm`].map((path) => ({ path, holds: 'secrets' }));
}

const OTHERS_READ = 0o044;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** Which of the files others than their owner can use; one that is not there is nobody's. */
export async function exposedAmong(files: readonly PrivateFile[]): Promise<readonly ExposedFile[]> {
  const exposed: ExposedFile[] = [];
  for (const { path, holds } of files) {
    const mode = await modeOf(path);
    if (mode === undefined) continue;
    const folderMode = (await modeOf(dirname(path))) ?? 0;
    if ((mode & OTHERS_WRITE) !== 0) exposed.push({ path, what: 'writable' });
    else if (holds === 'secrets' && (mode & OTHERS_READ) !== 0) exposed.push({ path, what: 'readable' });
    else if ((folderMode & OTHERS_WRITE) !== 0 && (folderMode & STICKY) === 0) {
      exposed.push({ path, what: 'replaceable' });
    }
  }
  return exposed;
}

async function modeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ mode }) => mode,
    () => undefined,
  );
}
