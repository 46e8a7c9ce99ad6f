import { signOut } from '@agrenting-hiclaw/hiclaw/setup';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { printJson } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makeAccount, signInAsAdmin, useAccount } from './account.ts';
import type { SetupOptions } from './inputs.ts';
import type { Made } from './journal.ts';
import { disallowAdapterAtManager, allowAdapterAtManager } from './manager-access.ts';
import { SetupContext } from './setup-context.ts';
import { verifyPatienceMs, verifyMappedWorker } from './verify-workers.ts';
import { makeStorageUser, removeStorageUser } from './storage-user.ts';
import {
  disallowAdapter,
  allowAdapter,
  leaveRoom,
  leavePolicy,
  restartWorker,
  joinRoom,
} from './worker-access.ts';
import { collectWorkers } from './worker-map.ts';

/**
 * Gives the adapter its place in an existing HiClaw: a Matrix account, a seat in each worker's room, its id on each
 * worker's allow-lists, a storage user with the least rights; then proves that a message wakes each worker (HiClaw
 * reference, 3 and 5). Each change is shown before it is made; repeating it is harmless; `--undo` takes back what it made.
 */
export async function setup(terminal: Terminal, options: SetupOptions): Promise<void> {
  // What is wrong with it shows before anything is changed.
  verifyPatienceMs(options);
  const context = await SetupContext.open(terminal, options);
  const parts = new AsyncDisposableStack();
  parts.defer(() => {
    context.adapter?.close();
    context.admin?.close();
  });
  try {
    await (options.undo === true ? undo(context) : make(context, parts));
  } finally {
    await parts.disposeAsync();
  }
  report(context);
}

async function make(context: SetupContext, parts: AsyncDisposableStack): Promise<void> {
  if (!(await useAccount(context))) await makeAccount(context);
  const adminToken = await signInAsAdmin(context);
  if (adminToken !== undefined) parts.defer(async () => await signOut(context.url, adminToken));
  const workers = await collectWorkers(context);
  for (const worker of workers) await joinRoom(context, worker);
  for (const worker of workers) {
    const changed = await allowAdapter(context, worker);
    if (changed && context.profile.controller) await restartWorker(context, worker);
  }
  if (context.options.manager === true) await allowAdapterAtManager(context);
  await makeStorageUser(context);
  if (!context.changes.dry) await context.draft.save();
  if (context.options.verify === false) return;
  for (const worker of workers) await verifyMappedWorker(context, worker);
}

/** Takes back what this command made, and nothing else. The account stays: Matrix ids are never given again. */
async function undo(context: SetupContext): Promise<void> {
  const { journal, changes, draft } = context;
  if (journal.made.length === 0) {
    return changes.say('undo', 'skipped', 'there is nothing to undo');
  }
  if (!(await useAccount(context))) {
    throw new CommandError(EXIT.usage, `${draft.file} names no Matrix account`);
  }
  for (const entry of journal.made.toReversed()) {
    const step = `${entry.what} of ${entry.of}`;
    if (changes.dry) {
      changes.say(step, 'would change', 'would be undone');
      continue;
    }
    const problem = await takeBack(context, entry);
    if (problem === undefined) await journal.forget(entry);
    changes.say(step, problem === undefined ? 'changed' : 'failed', problem ?? 'undone');
  }
}

async function takeBack(context: SetupContext, { what, of }: Made): Promise<string | undefined> {
  switch (what) {
    case 'room':
      return await leaveRoom(context, of);
    case 'allow-list':
      return await disallowAdapter(context, of);
    case 'channel-policy':
      return await leavePolicy(context, of);
    case 'manager-list':
      return await disallowAdapterAtManager(context);
    case 'storage-delete':
      // Goes with the user that has the right.
      return undefined;
    case 'storage-user':
      return await removeStorageUser(context, of);
  }
}

function report({ terminal, options, draft, changes }: SetupContext): void {
  const { lines } = changes;
  const failed = lines.filter(({ status }) => status === 'failed');
  if (options.json === true) {
    printJson(terminal, { configuration: draft.file, steps: lines });
  } else if (failed.length === 0 && options.undo !== true) {
    const next = changes.dry
      ? 'Nothing was changed. Run without --dry-run to make these changes.'
      : 'Next: agrenting-hiclaw register, which registers a worker on the marketplace.';
    terminal.print(`\n${next}\n`);
  }
  if (failed.length > 0) {
    throw new CommandError(
      EXIT.failed,
      `${failed.length} of ${lines.length} steps failed`,
      'Fix the problems above and run it again: completed steps are skipped.',
    );
  }
}
