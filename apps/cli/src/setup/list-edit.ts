import { allow, disallow, type AdminOutcome, type StorageAdmin } from '@agrenting-hiclaw/hiclaw/setup';
import type { Made } from './journal.ts';
import type { SetupContext } from './setup-context.ts';

/** Settings with lists of senders, wherever they are kept. */
export interface SettingsFile {
  readonly name: string;
  read(): Promise<AdminOutcome>;
  write(text: string): Promise<AdminOutcome>;
}

export function settingsObject(storage: StorageAdmin, key: string): SettingsFile {
  return {
    name: key,
    read: async () => await storage.read(key),
    write: async (text) => await storage.write(key, text),
  };
}

/** Puts the adapter on both lists of somebody's settings; gives whether that changed them. */
export async function editLists(
  { changes, journal, ourId }: SetupContext,
  step: string,
  file: SettingsFile,
  made: Made,
): Promise<boolean> {
  const read = await file.read();
  if (read.kind === 'failed') {
    changes.say(step, 'failed', read.problem);
    return false;
  }
  const edit = allow(read.output, ourId);
  switch (edit.kind) {
    case 'unreadable':
      changes.say(step, 'failed', `${file.name}: ${edit.problem}`);
      return false;
    case 'unchanged':
      changes.say(step, 'done', `${ourId} is on both`);
      return false;
    case 'changed':
      return await changes.make(step, `${ourId} goes on both lists in ${file.name}`, async () => {
        const written = await file.write(edit.text);
        if (written.kind === 'failed') return written.problem;
        await journal.note(made);
        return undefined;
      });
  }
}

/** Takes it off both; gives what went wrong. */
export async function removeFromLists(
  storage: StorageAdmin | undefined,
  ourId: string,
  fileOf: (storage: StorageAdmin) => SettingsFile,
): Promise<string | undefined> {
  if (storage === undefined) return 'cannot be taken back without --mc';
  const file = fileOf(storage);
  const read = await file.read();
  if (read.kind === 'failed') return read.problem;
  const edit = disallow(read.output, ourId);
  if (edit.kind === 'unreadable') return edit.problem;
  if (edit.kind === 'unchanged') return undefined;
  const written = await file.write(edit.text);
  return written.kind === 'failed' ? written.problem : undefined;
}
