import { agentIdSchema, type AttemptProgress, type HiringId } from '@agrenting-hiclaw/core/domain';
import type { RunningAdminApi } from '../src/app.ts';
import { test as environmentTest, type AdminEnvironment } from './environment.ts';
import { placeHiring, startIdleStore, type Standing } from './idle-store.ts';

/** An environment with the API over an idle store. */
export interface IdleStore {
  readonly env: AdminEnvironment;
  readonly app: RunningAdminApi;
  /** Puts a new hiring of alice's into the store. */
  readonly place: (standing: Standing, kept?: Partial<AttemptProgress>) => Promise<HiringId>;
}

/** Tests of reads and commands of hirings; the API ends with the test. */
export const test = environmentTest.extend<{ readonly openIdleStore: () => Promise<IdleStore> }>({
  openIdleStore: async ({ openEnvironment }, use) => {
    const apps: RunningAdminApi[] = [];
    await use(async () => {
      const env = await openEnvironment();
      const app = await startIdleStore(env.settings());
      apps.push(app);
      const { userId, roomId } = env.hiclaw.worker('alice');
      const placing = {
        store: app.store,
        agentId: agentIdSchema.parse(env.agents[0]?.id),
        worker: { name: 'alice', userId, roomId },
      };
      return {
        env,
        app,
        place: async (standing, kept) => await placeHiring(placing, standing, undefined, kept),
      };
    });
    await Promise.all(apps.map(async (app) => await app.close()));
  },
});
