import { taskflow } from '../tasks/taskflow.ts';
import type { WorkerTraits } from '../traits.ts';
import { copaw109 } from './copaw-1.0.9.ts';

/** The CoPaw worker of HiClaw 1.1.2 to 1.2 with its taskflow (HiClaw reference, 2.5 and 10.4). */
export const copaw12: WorkerTraits = {
  ...copaw109,
  name: 'copaw-1.2',
  readsSettings: 'at its start',
  sessionFolder: '.copaw/workspaces/default/sessions/',
  protocol: taskflow,
};
