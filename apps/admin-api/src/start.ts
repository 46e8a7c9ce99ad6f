import { hostOf, runMain } from '@agrenting-hiclaw/runtime';
import { startAdminApi } from './app.ts';

/** Runs the app in the process that `main.ts` hands in, until it is stopped. */
export async function start(program: NodeJS.Process): Promise<void> {
  await runMain({
    name: 'admin-api',
    host: hostOf(program),
    needs: { admin: true },
    start: startAdminApi,
  });
}
