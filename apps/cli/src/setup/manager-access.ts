import { isInRoom } from '@agrenting-hiclaw/hiclaw';
import { inviteManager, type StorageAdmin } from '@agrenting-hiclaw/hiclaw/setup';
import { editLists, removeFromLists, settingsObject, type SettingsFile } from './list-edit.ts';
import type { SetupContext } from './setup-context.ts';

/** HiClaw calls it so in every version (HiClaw reference, 3.1). */
const MANAGER = 'manager';

/** Has the Manager listen to the adapter, in a room of two, so that it can be asked to look after a silent worker. */
export async function allowAdapterAtManager(context: SetupContext): Promise<void> {
  const { adapter, storage, changes, draft } = context;
  const step = 'allow-lists of the Manager';
  if (storage === undefined) {
    changes.say(step, 'skipped', `not checked without --mc: ${context.ourId} has to be on both of its lists`);
  } else {
    await editLists(context, step, managerSettings(context, storage), { what: 'manager-list', of: MANAGER });
  }

  const room = 'room of the Manager';
  const known = draft.text('manager', 'roomId');
  if (adapter !== undefined && known !== undefined) {
    const there = await isInRoom(adapter, known, adapter.userId);
    if (there === true) return changes.say(room, 'done', `the adapter is in ${known}`);
  }
  const managerId = `@${MANAGER}:${adapter?.serverName ?? 'this HiClaw'}`;
  const what = `a room of two with ${managerId}, which stands under manager in the configuration`;
  if (adapter === undefined) return changes.say(room, 'would change', what);
  await changes.make(room, what, async () => {
    const made = await inviteManager(adapter, managerId);
    if (made.kind === 'failed') return made.problem;
    draft.set(['manager'], { userId: managerId, roomId: made.roomId });
    await draft.save();
    return undefined;
  });
}

/** Takes it off the Manager's lists; gives what went wrong. */
export async function disallowAdapterAtManager(context: SetupContext): Promise<string | undefined> {
  const problem = await removeFromLists(context.storage, context.ourId, (storage) =>
    managerSettings(context, storage),
  );
  if (problem === undefined) {
    context.draft.remove(['manager']);
    await context.draft.save();
  }
  return problem;
}

function managerSettings({ profile }: SetupContext, storage: StorageAdmin): SettingsFile {
  const { managerSettings: at } = profile;
  if ('key' in at) return settingsObject(storage, at.key);
  return {
    name: at.path,
    read: async () => await storage.readFile(at.path),
    write: async (text) => await storage.writeFile(at.path, text),
  };
}
