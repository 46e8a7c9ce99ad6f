import { lifecycleOf } from '@agrenting-hiclaw/runtime';
import {
  createLifecycle,
  isInRoom,
  workerSettingsKey,
  type Controller,
  type MappedWorker,
} from '@agrenting-hiclaw/hiclaw';
import { enterRoom, exitRoom, policyEdit, setPolicy } from '@agrenting-hiclaw/hiclaw/setup';
import { mappedWorkers } from '../configuration/mapped-workers.ts';
import { lifecycleDraft } from './controller.ts';
import { editLists, removeFromLists, settingsObject } from './list-edit.ts';
import type { SetupContext } from './setup-context.ts';

/** Gives the adapter its seat in a worker's room. */
export async function joinRoom(context: SetupContext, worker: MappedWorker): Promise<void> {
  const { admin, adapter, changes, journal } = context;
  const step = `room of ${worker.name}`;
  const what = `the adapter is invited to ${worker.roomId} and joins`;
  if (adapter === undefined) return changes.say(step, 'would change', what);
  if ((await isInRoom(adapter, worker.roomId, adapter.userId)) === true) {
    return changes.say(step, 'done', `the adapter is in ${worker.roomId}`);
  }
  if (admin === undefined) {
    const remedy = `invite ${adapter.userId} there, or give the password of the admin`;
    return changes.say(step, 'failed', `the adapter is not in ${worker.roomId}: ${remedy}`);
  }
  await changes.make(step, what, async () => {
    const outcome = await enterRoom(admin, adapter, worker);
    if (outcome.kind === 'failed') return outcome.problem;
    await journal.note({ what: 'room', of: worker.name });
    return undefined;
  });
}

/** Leaves the room again; gives what went wrong. */
export async function leaveRoom({ adapter, draft }: SetupContext, name: string): Promise<string | undefined> {
  const worker = mappedWorkers(draft).find((each) => each.name === name);
  if (worker === undefined || adapter === undefined) return 'it is in no map of workers any more';
  const left = await exitRoom(adapter, worker);
  return left.kind === 'failed' ? left.problem : undefined;
}

/**
 * Puts the adapter on both lists of those whom a worker listens to: through the controller where there is one, which
 * makes the lists, else in the settings themselves. Gives whether something changed.
 */
export async function allowAdapter(context: SetupContext, worker: MappedWorker): Promise<boolean> {
  const { storage, profile, controller, changes, ourId } = context;
  const step = `allow-lists of ${worker.name}`;
  if (profile.controller && controller !== undefined) return await beInPolicy(context, controller, worker);
  if (storage === undefined) {
    changes.say(step, 'skipped', `not checked without --mc: ${ourId} has to be on both of its lists`);
    return false;
  }
  const key = workerSettingsKey(worker.name);
  const changed = await editLists(context, step, settingsObject(storage, key), {
    what: 'allow-list',
    of: worker.name,
  });
  if (changed && profile.controller) {
    const lasting =
      'configure how to reach the controller (lifecycle.driver cli or rest) to make it permanent';
    changes.say(step, 'skipped', `the controller may overwrite ${key}: ${lasting}`);
  }
  return changed;
}

async function beInPolicy(
  context: SetupContext,
  controller: Controller,
  worker: MappedWorker,
): Promise<boolean> {
  const { storage, changes, journal, ourId } = context;
  const step = `allow-lists of ${worker.name}`;
  const settings = await storage?.read(workerSettingsKey(worker.name));
  const text = settings?.kind === 'done' ? settings.output : undefined;
  const edit = await policyEdit(controller, worker.name, ourId, true, text);
  if (edit.kind === 'failed') {
    changes.say(step, 'failed', edit.problem);
    return false;
  }
  if (edit.kind === 'unchanged') {
    changes.say(step, 'done', `${ourId} is on both, by its channel policy`);
    return false;
  }
  const kept = edit.carried ? '; its current lists are kept, its unknown deny rules are lost' : '';
  const what = `${ourId} goes on both, by channelPolicy of Worker ${worker.name}${kept}`;
  return await changes.make(step, what, async () => {
    const problem = await setPolicy(controller, worker.name, edit.policy);
    if (problem !== undefined) return problem;
    await journal.note({ what: 'channel-policy', of: worker.name });
    return undefined;
  });
}

/** Takes it out of the worker's channel policy; gives what went wrong. */
export async function leavePolicy(context: SetupContext, name: string): Promise<string | undefined> {
  const { controller, storage, ourId } = context;
  if (controller === undefined)
    return 'cannot be taken back without the controller (lifecycle.driver cli or rest)';
  const settings = await storage?.read(workerSettingsKey(name));
  const text = settings?.kind === 'done' ? settings.output : undefined;
  const edit = await policyEdit(controller, name, ourId, false, text);
  if (edit.kind === 'failed') return edit.problem;
  return edit.kind === 'unchanged' ? undefined : await setPolicy(controller, name, edit.policy);
}

/** Takes it off both lists in the settings of a worker; gives what went wrong. */
export async function disallowAdapter(
  { storage, ourId }: SetupContext,
  name: string,
): Promise<string | undefined> {
  return await removeFromLists(storage, ourId, (owner) => settingsObject(owner, workerSettingsKey(name)));
}

/** A worker of 1.1 and later reads its lists only when it starts, so it is restarted; its work would be lost. */
export async function restartWorker(context: SetupContext, worker: MappedWorker): Promise<void> {
  const { changes, draft, terminal } = context;
  const step = `restart of ${worker.name}`;
  const lifecycle = lifecycleDraft(draft);
  if (lifecycle === undefined || lifecycle.driver === 'none') {
    return changes.say(step, 'skipped', 'restart it yourself: it reads its lists only when it starts');
  }
  const starter = createLifecycle(lifecycleOf(lifecycle, terminal.environment));
  const what = 'it reads its lists only when it starts; its unfinished work would be lost';
  await changes.make(step, what, async () => {
    changes.progress(`restarting ${worker.name}`);
    const readiness = await starter.restart(worker);
    return readiness.kind === 'failed' ? readiness.problem : undefined;
  });
  starter.close();
}
