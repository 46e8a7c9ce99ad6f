import type { HiringRecord } from './hiring-record.ts';

/** How it begins to be said why a person is needed, where a worker asks before it runs a command. */
export const ASKS_TO_RUN = 'the worker asks before it runs a command';

/** Whether the worker of a hiring waits for a yes or no before it runs a command: at no other time may one be said to it. */
export function asksToRun({ state, attempt }: HiringRecord): boolean {
  return state === 'attention' && attempt?.progress.attention?.why.startsWith(ASKS_TO_RUN) === true;
}
