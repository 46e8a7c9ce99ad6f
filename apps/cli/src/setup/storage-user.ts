import { randomBytes } from 'node:crypto';
import { adapterPolicy } from '@agrenting-hiclaw/hiclaw/setup';
import { readSecretFile, writeSecretFile } from '@agrenting-hiclaw/operations';
import { ACCOUNT, type SetupContext } from './setup-context.ts';

/** Makes the adapter's own storage user, with the least rights (HiClaw reference, 5). */
export async function makeStorageUser(context: SetupContext): Promise<void> {
  const { draft, storage, changes, journal, options, profile } = context;
  const step = 'storage user';
  const secretFile = draft.text('storage', 'secretKeyFile') ?? context.file('storage.secret');
  const known = draft.text('storage', 'secretKey') ?? (await readSecretFile(secretFile));
  const isOurs = journal.has({ what: 'storage-user', of: ACCOUNT });
  const mayDelete = journal.has({ what: 'storage-delete', of: ACCOUNT });
  const grows = isOurs && !mayDelete && storage !== undefined;
  if (draft.text('storage', 'accessKey') !== undefined && known !== undefined && !grows) {
    return changes.say(step, 'done', 'its keys are in the configuration; doctor checks its rights');
  }
  if (storage === undefined) {
    const why = 'cannot be made without --mc, and storage.accessKey and storage.secretKey are not set';
    return changes.say(step, 'failed', why);
  }
  const seesSessions =
    options.sessionFiles === true || (grows && draft.value('storage', 'sessionFiles') === true);
  const sessionFolders = seesSessions ? profile.sessionFolders : [];
  const what = grows
    ? `${ACCOUNT} may also delete what lies there of its own, for retention`
    : `${ACCOUNT}, for shared/tasks/agrenting-* and shared/projects/agrenting-* of ${storage.bucket} only`;
  await changes.make(step, what, async () => {
    const secret = known ?? randomBytes(24).toString('base64url');
    await writeSecretFile(secretFile, secret);
    const made = await storage.giveUser(ACCOUNT, secret, adapterPolicy(storage.bucket, sessionFolders));
    if (made.kind === 'failed') return made.problem;
    await journal.note({ what: 'storage-user', of: ACCOUNT });
    await journal.note({ what: 'storage-delete', of: ACCOUNT });
    draft.set(['storage', 'accessKey'], ACCOUNT);
    draft.set(['storage', 'secretKeyFile'], secretFile);
    if (sessionFolders.length > 0) draft.set(['storage', 'sessionFiles'], true);
    return undefined;
  });
}

/** Removes it again; gives what went wrong. */
export async function removeStorageUser(
  { storage, draft }: SetupContext,
  name: string,
): Promise<string | undefined> {
  if (storage === undefined) return 'cannot be taken back without --mc';
  const removed = await storage.removeUser(name);
  if (removed.kind === 'failed') return removed.problem;
  draft.remove(['storage', 'accessKey']);
  await draft.save();
  return undefined;
}
