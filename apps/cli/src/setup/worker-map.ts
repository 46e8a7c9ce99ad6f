import type { MappedWorker } from '@agrenting-hiclaw/hiclaw';
import { controlledWorkers, findWorkers } from '@agrenting-hiclaw/hiclaw/setup';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { mappedWorkers } from '../configuration/mapped-workers.ts';
import type { SetupContext } from './setup-context.ts';

/** The workers to be set up: those of the configuration and those whose rooms the admin sees, which go into it. */
export async function collectWorkers(context: SetupContext): Promise<readonly MappedWorker[]> {
  const { draft, changes } = context;
  const mapped = mappedWorkers(draft);
  const found = await workersOf(context);
  const wanted = context.options.workers?.split(',').map((name) => name.trim());
  const all = new Map([...found, ...mapped].map((worker) => [worker.name, worker]));
  const unknown = wanted?.filter((name) => !all.has(name)) ?? [];
  if (unknown.length > 0) {
    throw new CommandError(
      EXIT.usage,
      `no room of worker ${unknown.join(', ')} was found`,
      `Known are: ${[...all.keys()].join(', ') || 'none'}.`,
    );
  }
  const workers = [...all.values()].filter(({ name }) => wanted === undefined || wanted.includes(name));
  if (workers.length === 0) {
    throw new CommandError(
      EXIT.failed,
      'no worker was found',
      'Give the password of the admin (HICLAW_ADMIN_PASSWORD, or --hiclaw-env), say how to reach the controller (lifecycle), or list workers under workers.list.',
    );
  }
  const fresh = workers.filter(({ name }) => !mapped.some((known) => known.name === name));
  if (fresh.length > 0 && mapped.length === 0) {
    if (draft.value('workers') === undefined) draft.set(['workers'], {});
    draft.set(['workers', 'list'], []);
  }
  for (const [index, worker] of fresh.entries()) {
    draft.set(['workers', 'list', mapped.length + index], { ...worker });
    const status = changes.dry ? 'would change' : 'changed';
    changes.say(`worker ${worker.name}`, status, `${worker.userId} in ${worker.roomId}, into workers.list`);
  }
  return workers;
}

/** From the controller, which knows its workers, or by the rooms that the admin is in. */
async function workersOf({ admin, controller, profile }: SetupContext): Promise<readonly MappedWorker[]> {
  const known = [];
  if (profile.controller && controller !== undefined) {
    const controlled = await controlledWorkers(controller);
    if (controlled.kind === 'failed') throw new CommandError(EXIT.failed, controlled.problem);
    known.push(...controlled.workers);
  }
  if (admin !== undefined) {
    const found = await findWorkers(admin);
    if (found.kind === 'failed') throw new CommandError(EXIT.failed, found.problem);
    known.unshift(...found.workers);
  }
  return known;
}
