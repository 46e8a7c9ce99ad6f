import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { writeSecretFile } from '@agrenting-hiclaw/operations';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { mark, printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

/** Makes a key for a store: 32 random bytes as base64, in a file for its owner only. */
export async function newStoreKey(terminal: Terminal, file: string, options: CommonOptions): Promise<void> {
  const path = resolve(terminal.folder, file);
  const written = await writeSecretFile(path, randomBytes(32).toString('base64'));
  if (written === 'present') {
    throw new CommandError(
      EXIT.usage,
      `${path} already exists`,
      'A store encrypted with it needs it. Choose another file.',
    );
  }
  if (options.json === true) printJson(terminal, { file: path });
  else
    terminal.print(`${mark(terminal, 'ok')} ${path}\n    Back it up: the store cannot be read without it.\n`);
}
