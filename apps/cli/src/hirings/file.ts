import { resolve } from 'node:path';
import { filesOfResult, heldFile, createFileAtomic } from '@agrenting-hiclaw/operations';
import { inQuotes, textOf } from '@agrenting-hiclaw/core/domain';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { findHiring, unknownHiring, withStore } from './hirings.ts';

export interface FileOptions extends CommonOptions {
  /** Where it is saved; printed without one. */
  readonly output?: string | undefined;
}

/** Prints or saves a file of the result that waits or is on its way, by its name or its SHA-256: the very bytes that were judged. */
export async function openFile(
  terminal: Terminal,
  id: string,
  name: string,
  options: FileOptions,
): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  await withStore(terminal, options, async (store) => {
    const { record, hiringId } = await findHiring(store, id);
    const files = record.attempt === undefined ? [] : filesOfResult(record.attempt);
    const file = files.find(({ deliveredName, sha256 }) => deliveredName === name || sha256 === name);
    if (file === undefined) {
      throw new CommandError(
        EXIT.usage,
        'The result of this hiring has no such file',
        files.length === 0
          ? 'No result of it waits or is on its way.'
          : `There are ${files.map(({ deliveredName }) => inQuotes(deliveredName)).join(', ')}.`,
      );
    }
    const evidence = await store.evidence(hiringId);
    if (evidence === undefined) throw unknownHiring(id);
    const read = await heldFile(configuration, evidence, file.sha256);
    switch (read.kind) {
      case 'absent':
      case 'changed':
        throw new CommandError(
          EXIT.failed,
          'The file in the task folder is not the one that was reviewed',
          'Show the hiring again: the new file is reviewed automatically.',
        );
      case 'secret':
        throw new CommandError(
          EXIT.failed,
          'The file contains a secret, so it is not shown',
          'Open it in the task folder.',
        );
      case 'unavailable':
        throw new CommandError(EXIT.unavailable, read.problem);
      case 'file':
        return await give(terminal, read.bytes, file.sha256, options);
    }
  });
}

async function give(
  terminal: Terminal,
  bytes: Buffer,
  sha256: string,
  { output, json }: FileOptions,
): Promise<void> {
  if (output === undefined) {
    const text = textOf(bytes);
    if (text === undefined) {
      throw new CommandError(EXIT.usage, 'The file is not text', 'Save it with --output <file>.');
    }
    if (json === true) return printJson(terminal, { sha256, text });
    return terminal.print(text.endsWith('\n') ? text : `${text}\n`);
  }
  const path = resolve(terminal.folder, output);
  try {
    await createFileAtomic(path, bytes);
  } catch (error) {
    const present = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new CommandError(
      EXIT.usage,
      present ? `${path} already exists` : `${path} cannot be written`,
      'Choose another file with --output.',
    );
  }
  if (json === true) return printJson(terminal, { sha256, file: path, bytes: bytes.length });
  terminal.print(`${path}: ${bytes.length} bytes, SHA-256 ${sha256}\n`);
}
