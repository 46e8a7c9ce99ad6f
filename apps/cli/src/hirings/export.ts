import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  archiveForm,
  contentsOf,
  packArchive,
  createFileAtomic,
  writeFileAtomic,
} from '@agrenting-hiclaw/operations';
import { counted } from '@agrenting-hiclaw/core/domain';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { findHiring, withStore } from './hirings.ts';
import { printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

export interface ExportOptions extends CommonOptions {
  readonly out?: string | undefined;
  readonly force?: boolean | undefined;
}

/** Writes one archive of everything there is about a hiring, without secrets, for its owner only. */
export async function exportHiring(terminal: Terminal, id: string, options: ExportOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  await withStore(terminal, options, async (store) => {
    const { hiringId } = await findHiring(store, id);
    const file = resolve(terminal.folder, options.out ?? `agrenting-${hiringId}.zip`);
    const form = archiveForm(file);
    if (form === undefined) {
      throw new CommandError(EXIT.usage, `--out ${file} must end in .zip or .tar.gz`);
    }
    if (options.force !== true) await refusePresent(file);
    const evidence = await store.evidence(hiringId);
    if (evidence === undefined) throw new CommandError(EXIT.failed, `hiring ${id} no longer exists`);

    const { files, problems } = contentsOf(configuration, evidence);
    const written = { files: 0, bytes: 0 };
    const packed = counting(
      packArchive(
        counting(files, () => (written.files += 1)),
        form,
      ),
      ({ length }) => {
        written.bytes += length;
      },
    );
    // Somebody else may have made it meanwhile.
    if (options.force === true) await writeFileAtomic(file, packed);
    else await createFileAtomic(file, packed).catch(refuse(file));
    const summary = { hiringId, file, ...written, problems };
    if (options.json === true) return printJson(terminal, summary);
    terminal.print(`${file}: ${counted(written.files, 'file')}, ${counted(written.bytes, 'byte')}\n`);
    for (const problem of problems) terminal.writeError(`not in the archive: ${problem}\n`);
  });
}

async function* counting<Item>(
  items: AsyncIterable<Item>,
  count: (item: Item) => void,
): AsyncGenerator<Item> {
  for await (const item of items) {
    count(item);
    yield item;
  }
}

async function refusePresent(file: string): Promise<void> {
  const present = await access(file).then(
    () => true,
    () => false,
  );
  if (present) throw taken(file);
}

function refuse(file: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw taken(file);
    throw error;
  };
}

function taken(file: string): CommandError {
  return new CommandError(
    EXIT.usage,
    `${file} already exists`,
    'Choose another file with --out, or overwrite it with --force.',
  );
}
