import { ConfigFile } from '@agrenting-hiclaw/operations';
import { Problem } from './http/problem.ts';

/** Names the configuration file. */
export const FILE_VARIABLE = 'ADAPTER_CONFIG';

type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration file as it is now; undefined where there is none. */
export async function readDraft(environment: Environment): Promise<ConfigFile | undefined> {
  const file = environment[FILE_VARIABLE];
  if (file === undefined || file === '') return undefined;
  return await ConfigFile.read(file).catch(() => undefined);
}

/** The same for a caller that writes it. */
export async function draftToWrite(environment: Environment): Promise<ConfigFile> {
  const draft = await readDraft(environment);
  if (draft !== undefined) return draft;
  throw new Problem(422, 'There is no writable configuration file.', {
    todo: `Start with ${FILE_VARIABLE} set to a YAML file.`,
  });
}

/** Where the key of an agent stands. */
export async function keySource(
  environment: Environment,
  index: number,
): Promise<'file' | 'configuration' | 'environment'> {
  const draft = await readDraft(environment);
  if (draft?.text('agents', index, 'keyFile') !== undefined) return 'file';
  return draft?.text('agents', index, 'key') === undefined ? 'environment' : 'configuration';
}
