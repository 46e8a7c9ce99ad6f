import { allow, disallow, enterRoom, exitRoom, isInRoom, type MappedWorker } from '@agrenting-hiclaw/hiclaw';
import { mappedWorkers } from '../configuration/mapped-workers.ts';
import type { Place } from './place.ts';

/** Gives the adapter its seat in a worker's room. */
export async function takeSeat(place: Place, worker: MappedWorker): Promise<void> {
  const { admin, adapter, changes, journal } = place;
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
  return await changes.make(step, what, async () => {
    const outcome = await enterRoom(admin, adapter, worker);
    if (outcome.kind === 'failed') return outcome.problem;
    await journal.note({ what: 'room', of: worker.name });
    return undefined;
  });
}

/** Leaves the room again; gives what went wrong. */
export async function giveUpSeat({ adapter, draft }: Place, name: string): Promise<string | undefined> {
  const worker = mappedWorkers(draft).find((each) => each.name === name);
  if (worker === undefined || adapter === undefined) return 'it is in no map of workers any more';
  const left = await exitRoom(adapter, worker);
  return left.kind === 'failed' ? left.problem : undefined;
}

/** Puts the adapter on both lists of those whom a worker listens to. */
export async function beListenedTo(place: Place, worker: MappedWorker): Promise<void> {
  const { storage, changes, journal, ourId } = place;
  const step = `allow-lists of ${worker.name}`;
  if (storage === undefined) {
    return changes.say(
      step,
      'skipped',
      `not looked at without --mc: ${ourId} has to be on both of its lists`,
    );
  }
  const key = settingsKey(worker.name);
  const read = await storage.read(key);
  if (read.kind === 'failed') return changes.say(step, 'failed', read.problem);
  const edit = allow(read.output, ourId);
  switch (edit.kind) {
    case 'unreadable':
      return changes.say(step, 'failed', `${key}: ${edit.problem}`);
    case 'unchanged':
      return changes.say(step, 'done', `${ourId} is on both`);
    case 'changed':
      return await changes.make(step, `${ourId} goes on both lists in ${key}`, async () => {
        const written = await storage.write(key, edit.text);
        if (written.kind === 'failed') return written.problem;
        await journal.note({ what: 'allow-list', of: worker.name });
        return undefined;
      });
  }
}

/** Takes it off both; gives what went wrong. */
export async function beIgnoredAgain({ storage, ourId }: Place, name: string): Promise<string | undefined> {
  if (storage === undefined) return 'cannot be taken back without --mc';
  const key = settingsKey(name);
  const read = await storage.read(key);
  if (read.kind === 'failed') return read.problem;
  const edit = disallow(read.output, ourId);
  if (edit.kind === 'unreadable') return edit.problem;
  if (edit.kind === 'unchanged') return undefined;
  const written = await storage.write(key, edit.text);
  return written.kind === 'failed' ? written.problem : undefined;
}

function settingsKey(name: string): string {
  return `agents/${name}/openclaw.json`;
}
