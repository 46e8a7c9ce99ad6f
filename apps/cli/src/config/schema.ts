import { resolve } from 'node:path';
import { configurationJsonSchema } from '@agrenting-hiclaw/runtime';
import { writeFileAtomic } from '@agrenting-hiclaw/operations';
import { mark, printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

export interface SchemaOptions extends CommonOptions {
  readonly out?: string | undefined;
}

/** Gives the JSON Schema of the configuration file, with which editors complete and check it. */
export async function configSchema(terminal: Terminal, { out, json }: SchemaOptions): Promise<void> {
  const schema = configurationJsonSchema();
  if (out === undefined) return printJson(terminal, schema);
  const file = resolve(terminal.folder, out);
  await writeFileAtomic(file, `${JSON.stringify(schema, undefined, 2)}\n`);
  if (json === true) return printJson(terminal, { file });
  return terminal.print(`${mark(terminal, 'ok')} ${file}\n`);
}
