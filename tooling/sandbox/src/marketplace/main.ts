import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { seedSchema } from './control-input.ts';
import { startMarketplace } from './start.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['MARKETPLACE_PORT'] ?? '0' },
    host: { type: 'string', default: process.env['MARKETPLACE_HOST'] ?? '127.0.0.1' },
    seed: { type: 'string', default: process.env['MARKETPLACE_SEED'] ?? '' },
  },
});

const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  throw new Error(`--port must be a number from 0 to 65535, not ${values.port}`);
}
const seed =
  values.seed === '' ? undefined : seedSchema.parse(JSON.parse(await readFile(values.seed, 'utf8')));

const marketplace = await startMarketplace({ port, host: values.host, seed });
console.log(JSON.stringify({ marketplace: 'ready', url: marketplace.url }));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void marketplace.close());
}
