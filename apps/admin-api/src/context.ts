import type { AppParts } from '@agrenting-hiclaw/app';
import type { Access } from './access/access.ts';
import type { Strangers } from './access/strangers.ts';
import type { ProfileCache } from './views/profile-cache.ts';
import type { TransitionFeed } from './views/transition-feed.ts';

/** What the routes work with. */
export interface ApiContext extends Omit<AppParts, 'submitResult'> {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly access: Access;
  readonly strangers: Strangers;
  readonly feed: TransitionFeed;
  readonly looks: ProfileCache;
  /** Aborts when the app closes. */
  readonly stop: AbortSignal;
  /** Where the console lies; undefined where it is not there. */
  readonly folder: string | undefined;
}
