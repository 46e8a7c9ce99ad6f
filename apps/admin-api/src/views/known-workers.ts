import { mapOf } from '@agrenting-hiclaw/operations';
import type { MappedWorker } from '@agrenting-hiclaw/hiclaw';
import type { Configuration } from '@agrenting-hiclaw/runtime';

const GOOD_FOR_MS = 10_000;
const maps = new WeakMap<
  Configuration,
  { readonly atMs: number; readonly workers: Promise<readonly MappedWorker[]> }
>();

/** The workers of the map, which is reloaded from time to time. */
export async function knownWorkers(configuration: Configuration): Promise<readonly MappedWorker[]> {
  const atMs = performance.now();
  let last = maps.get(configuration);
  if (last === undefined || atMs - last.atMs > GOOD_FOR_MS) {
    last = { atMs, workers: mapOf(configuration).then(({ workers }) => workers) };
    maps.set(configuration, last);
  }
  return await last.workers;
}
