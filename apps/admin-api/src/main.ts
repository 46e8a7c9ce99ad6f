import { hostOf, runMain } from '@agrenting-hiclaw/runtime';
import { startAdminApi } from './app.ts';

await runMain({
  name: 'admin-api',
  host: hostOf(process),
  needs: { admin: true },
  start: startAdminApi,
});
