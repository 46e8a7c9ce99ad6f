import { hostOf, runMain } from '@agrenting-hiclaw/runtime';
import { startBridge } from './app.ts';

/** Runs the app in the process that `main.ts` hands in, until it is stopped. */
export async function start(program: NodeJS.Process): Promise<void> {
  await runMain({
    name: 'bridge',
    host: hostOf(program),
    needs: { webhook: true },
    start: startBridge,
  });
}
