import type { ContainerStatus } from '../worker/container.ts';
import { CommandOutput, readOptions, type CommandResult } from './command.ts';
import { actions, usage, type LifecycleContext } from './containers.ts';
import { lifecycleWorker10 } from './lifecycle-1.0.ts';

/** The script of the same name in HiClaw 1.2: little output, ensure-ready as JSON over several lines (6.2). */
export const lifecycleWorker12 = async (
  argv: readonly string[],
  context: LifecycleContext,
): Promise<CommandResult> => {
  const { files, containers, clock } = context;
  const output = new CommandOutput();
  const read = readOptions(argv, ['--action', '--worker']);
  if ('unknown' in read) {
    output.writeError(usage);
    return output.exit(1);
  }
  const actionName = read.options.get('--action') ?? '';
  const worker = read.options.get('--worker') ?? '';
  const action = actions.find((each) => each === actionName);
  if (action === undefined) {
    output.writeError(`Unknown action: ${actionName}`);
    return output.exit(2);
  }
  files.init();
  if (action === 'sync-status') {
    for (const name of containers.names()) {
      files.changeLifecycle(name, { container_status: phaseOf(containers.status(name)) });
    }
    return output.exit(0);
  }
  if (action === 'check-idle') return lifecycleWorker10(argv, context);
  if (worker === '') return output.exit(2);
  if (!containers.names().includes(worker)) {
    output.writeError(`Error: worker "${worker}" not found`);
    return output.exit(1);
  }
  const isRunning = containers.status(worker) === 'running';
  switch (action) {
    case 'start':
      containers.start(worker);
      files.changeLifecycle(worker, {
        container_status: 'pending',
        last_started_at: files.now(),
        idle_since: '',
      });
      output.log(`Worker ${worker} desired state set to Running`, clock.now());
      return output.exit(0);
    case 'stop':
      await containers.stop(worker);
      files.changeLifecycle(worker, { container_status: 'sleeping' });
      output.log(`Worker ${worker} desired state set to Sleeping`, clock.now());
      return output.exit(0);
    case 'delete':
      await containers.remove(worker);
      files.removeLifecycle(worker);
      return output.exit(0);
    case 'ensure-ready': {
      if (!isRunning) containers.start(worker);
      const answer = {
        worker,
        status: isRunning ? 'ready' : 'starting',
        container_status: isRunning ? 'running' : 'pending',
      };
      files.changeLifecycle(worker, { container_status: answer.container_status, idle_since: '' });
      output.print(JSON.stringify(answer, null, 2));
      return output.exit(0);
    }
  }
};

const phaseOf = (status: ContainerStatus): string => (status === 'running' ? 'running' : 'sleeping');
