import type { Configuration } from '@agrenting-hiclaw/runtime';
import { openExistingStore } from '../open-store.ts';

/** Trials that are looked through for our own. */
const NEWEST = 50;

/** Whether a trial delivery, known by a text in it, is among the newest in the store. */
export async function hasArrived(configuration: Configuration, trial: string): Promise<boolean> {
  const store = await openExistingStore(configuration).catch(() => undefined);
  if (store === undefined) return false;
  try {
    const newest = await store.ignoredDeliveries(NEWEST);
    return newest.some(({ document }) => document?.reveal().includes(trial) === true);
  } finally {
    await store.close();
  }
}
