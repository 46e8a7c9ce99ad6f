import { verifyInOwnRoom, verifyInWorkerRoom, type MappedWorker } from '@agrenting-hiclaw/hiclaw';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { mappedWorkers } from '../configuration/mapped-workers.ts';
import { secondsOf } from '../terminal/seconds.ts';
import type { SetupOptions } from './inputs.ts';
import type { SetupContext } from './setup-context.ts';

const DEFAULT_SECONDS = '60';

/** Proves that a message wakes a worker, in a room of two if that is heard, and has its hirings said there from now on. */
export async function verifyMappedWorker(context: SetupContext, worker: MappedWorker): Promise<void> {
  const { adapter, changes, draft, options } = context;
  const step = `check of ${worker.name}`;
  if (adapter === undefined || changes.dry) {
    return changes.say(step, 'would change', 'sends it a message, which costs one model response');
  }
  changes.progress(`saying something to ${worker.name}`);
  const patienceMs = verifyPatienceMs(options);
  const verifyOptions = { homeserver: adapter, clock: systemClock, worker, patienceMs };
  const own = await verifyInOwnRoom(verifyOptions);
  const verification = own.kind === 'seen' ? own : await verifyInWorkerRoom(verifyOptions);
  if (verification.kind === 'silent') return changes.say(step, 'failed', verification.problem);
  const index = mappedWorkers(draft).findIndex(({ name }) => name === worker.name);
  draft.set(['workers', 'list', index, 'rooms'], own.kind === 'seen' ? 'per-hiring' : 'worker');
  await draft.save();
  const where = own.kind === 'seen' ? 'in a new room, so each hiring gets a room' : 'only in its own room';
  const when = `${verification.activity} after ${(verification.afterMs / 1_000).toFixed(1)} s`;
  return changes.say(step, 'done', `it responded ${where} (${when})`);
}

/** How long a worker may take to show that it heard; throws for what is no number of seconds. */
export function verifyPatienceMs({ verifySeconds }: Pick<SetupOptions, 'verifySeconds'>): number {
  return secondsOf('--verify-seconds', verifySeconds ?? DEFAULT_SECONDS);
}
