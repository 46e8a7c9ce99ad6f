import { hostOf, runMain } from '@agrenting-hiclaw/runtime';
import { startBridge } from './app.ts';

await runMain({
  name: 'bridge',
  host: hostOf(process),
  needs: { webhook: true },
  start: startBridge,
});
