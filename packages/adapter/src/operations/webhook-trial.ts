import { hostInUrl, type Configuration } from '@agrenting-hiclaw/runtime';
import { openExistingStore } from './open-store.ts';

/** Trials that are looked through for our own. */
const NEWEST = 50;
const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

/** Whether a host stands for all addresses of this machine. */
export function isEveryAddress(host: string): boolean {
  return EVERY_ADDRESS.has(host);
}

/** Where the bridge on this machine takes webhooks; a host that stands for all addresses is asked on this one. */
export function ownWebhookUrl({ host, port, path }: Configuration['webhook']): string {
  const name = isEveryAddress(host) ? '127.0.0.1' : hostInUrl(host);
  return `http://${name}:${port}${path}`;
}

/** Whether a trial delivery, known by a text in it, is among the newest in the store. */
export async function hasArrived(configuration: Configuration, trial: string): Promise<boolean> {
  const store = await openExistingStore(configuration).catch(() => undefined);
  if (store === undefined) return false;
  try {
    const newest = await store.others(NEWEST);
    return newest.some(({ document }) => document?.reveal().includes(trial) === true);
  } finally {
    await store.close();
  }
}
