import { signOut } from '@agrenting-hiclaw/hiclaw';
import { CommandError, EXIT } from '@agrenting-hiclaw/operations/exit-codes';
import { printJson } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makeAccount, signInAsAdmin, useAccount } from './account.ts';
import type { SetupOptions } from './inputs.ts';
import type { Made } from './journal.ts';
import { beIgnoredByManager, beListenedToByManager } from './manager-access.ts';
import { Place } from './place.ts';
import { proofPatienceMs, proveWorker } from './proof.ts';
import { makeStorageUser, removeStorageUser } from './storage-user.ts';
import {
  beIgnoredAgain,
  beListenedTo,
  giveUpSeat,
  leavePolicy,
  startAnew,
  takeSeat,
} from './worker-access.ts';
import { collectWorkers } from './worker-map.ts';

/**
 * Gives the adapter its place in an existing HiClaw: a Matrix account, a seat in each worker's room, its id on each
 * worker's allow-lists, a storage user with the least rights; then proves that a message wakes each worker (HiClaw
 * reference, 3 and 5). Each change is shown before it is made; repeating it is harmless; `--undo` takes back what it made.
 */
export async function setup(terminal: Terminal, options: SetupOptions): Promise<void> {
  // What is wrong with it shows before anything is changed.
  proofPatienceMs(options);
  const place = await Place.open(terminal, options);
  const parts = new AsyncDisposableStack();
  parts.defer(() => {
    place.adapter?.close();
    place.admin?.close();
  });
  try {
    await (options.undo === true ? undo(place) : make(place, parts));
  } finally {
    await parts.disposeAsync();
  }
  report(place);
}

async function make(place: Place, parts: AsyncDisposableStack): Promise<void> {
  if (!(await useAccount(place))) await makeAccount(place);
  const adminToken = await signInAsAdmin(place);
  if (adminToken !== undefined) parts.defer(async () => await signOut(place.url, adminToken));
  const workers = await collectWorkers(place);
  for (const worker of workers) await takeSeat(place, worker);
  for (const worker of workers) {
    const changed = await beListenedTo(place, worker);
    if (changed && place.profile.controller) await startAnew(place, worker);
  }
  if (place.options.manager === true) await beListenedToByManager(place);
  await makeStorageUser(place);
  if (!place.changes.dry) await place.draft.save();
  if (place.options.proof === false) return;
  for (const worker of workers) await proveWorker(place, worker);
}

/** Takes back what this command made, and nothing else. The account stays: Matrix ids are never given again. */
async function undo(place: Place): Promise<void> {
  const { journal, changes, draft } = place;
  if (journal.made.length === 0) {
    return changes.say('undo', 'skipped', 'set-up has made nothing here that is still there');
  }
  if (!(await useAccount(place))) {
    throw new CommandError(EXIT.usage, `${draft.file} names no Matrix account`);
  }
  for (const entry of journal.made.toReversed()) {
    const step = `${entry.what} of ${entry.of}`;
    if (changes.dry) {
      changes.say(step, 'would change', 'would be taken back');
      continue;
    }
    const problem = await takeBack(place, entry);
    if (problem === undefined) await journal.forget(entry);
    changes.say(step, problem === undefined ? 'changed' : 'failed', problem ?? 'taken back');
  }
}

async function takeBack(place: Place, { what, of }: Made): Promise<string | undefined> {
  switch (what) {
    case 'room':
      return await giveUpSeat(place, of);
    case 'allow-list':
      return await beIgnoredAgain(place, of);
    case 'channel-policy':
      return await leavePolicy(place, of);
    case 'manager-list':
      return await beIgnoredByManager(place);
    case 'storage-delete':
      // Goes with the user that has the right.
      return undefined;
    case 'storage-user':
      return await removeStorageUser(place, of);
  }
}

function report({ terminal, options, draft, changes }: Place): void {
  const { lines } = changes;
  const failed = lines.filter(({ status }) => status === 'failed');
  if (options.json === true) {
    printJson(terminal, { configuration: draft.file, steps: lines });
  } else if (failed.length === 0 && options.undo !== true) {
    const next = changes.dry
      ? 'Nothing was changed. Run it without --dry-run to make these changes.'
      : 'Next: agrenting-hiclaw register, which offers a worker on the marketplace.';
    terminal.print(`\n${next}\n`);
  }
  if (failed.length > 0) {
    throw new CommandError(
      EXIT.failed,
      `${failed.length} of ${lines.length} steps failed`,
      'Mend what is said above and run it again: what is done already is left alone.',
    );
  }
}
