import { fetchProfiles, type FetchedProfiles } from '@agrenting-hiclaw/operations';
import type { Clock } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from '@agrenting-hiclaw/runtime';

/** How the marketplace shows the agents, asked now and then only: whose key it is may be asked ten times a minute. */
export interface ProfileCache {
  all(): Promise<readonly FetchedProfiles[]>;
  /** What was seen may have changed. */
  forget(): void;
}

const GOOD_FOR_MS = 30_000;

/** Many who ask at once share one look. */
export function createProfileCache(configuration: Configuration, clock: Clock): ProfileCache {
  let last: { readonly atMs: number; readonly looked: Promise<readonly FetchedProfiles[]> } | undefined;
  return {
    async all() {
      const nowMs = clock.nowMs();
      if (last === undefined || nowMs - last.atMs > GOOD_FOR_MS) {
        last = { atMs: nowMs, looked: fetchProfiles(configuration, configuration.agents) };
      }
      return await last.looked;
    },
    forget() {
      last = undefined;
    },
  };
}
