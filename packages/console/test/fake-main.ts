// The fake alone, for development of the console: node test/fake-main.ts, and beside it: pnpm exec vite
import { startFakeApi, TOKEN } from './fake-api.ts';

const fake = await startFakeApi(8799);
process.stdout.write(`${fake.url} is the fake; log in with ${TOKEN}\n`);
