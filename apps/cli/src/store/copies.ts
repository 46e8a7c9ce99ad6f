import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { backUpStore, restoreStore } from '@agrenting-hiclaw/app';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { mark, printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

/** Copies the store of the configuration into a new file; the apps may go on working on it. */
export async function backUp(terminal: Terminal, file: string, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const from = configuration.store.file;
  const to = resolve(terminal.folder, file);
  await access(from).catch(() => {
    throw new CommandError(EXIT.failed, `no store at ${from}`, 'Start the adapter, or correct store.file.');
  });
  await backUpStore(configuration, to);
  if (options.json === true) return printJson(terminal, { store: from, backup: to });
  return terminal.print(
    `${mark(terminal, 'ok')} copied ${from} to ${to}\n    Keep it with the store key: the backup cannot be read without it.\n`,
  );
}

/** Replaces the store of the configuration with a backup; the old store is kept beside it. */
export async function restore(terminal: Terminal, file: string, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const from = resolve(terminal.folder, file);
  const to = configuration.store.file;
  const { kept } = await restoreStore(configuration, from, Date.now());
  if (options.json === true) return printJson(terminal, { store: to, backup: from, kept });
  terminal.print(`${mark(terminal, 'ok')} restored ${to} from ${from}\n`);
  if (kept !== undefined) terminal.print(`    The previous store is ${kept}\n`);
  return terminal.print(
    '    What happened since is taken up at the next start: every open hiring is read again, and rooms and task\n' +
      '    folders are checked before a worker is notified.\n',
  );
}
