import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { describe } from './control/control-app.ts';
import { hiclawOptions } from './options.ts';
import { startHiclaw } from './start-hiclaw.ts';

/**
 * Runs the HiClaw sandbox until SIGTERM or SIGINT and prints one line of JSON when it is ready. Its credentials are
 * in that line: they are made up, and open nothing but this sandbox.
 */
const usage = `Usage: main.ts [--seed FILE] [--host HOST] [--homeserver-port N] [--storage-port N] [--control-port N]
               [--manager-home DIR]
Environment: HICLAW_SANDBOX_SEED, HICLAW_SANDBOX_HOST, HICLAW_SANDBOX_HOMESERVER_PORT, HICLAW_SANDBOX_STORAGE_PORT,
             HICLAW_SANDBOX_CONTROL_PORT, HICLAW_SANDBOX_MANAGER_HOME; arguments win over it, and both over the seed.
The seed file holds the options of startHiclaw as JSON; without one there is one worker, alice.`;

const text = { type: 'string' } as const;
const { values: argumentValues } = parseArgs({
  options: {
    seed: text,
    host: text,
    'homeserver-port': text,
    'storage-port': text,
    'control-port': text,
    'manager-home': text,
    help: { type: 'boolean' },
  },
});

const given = (name: Exclude<keyof typeof argumentValues, 'help'>): string | undefined =>
  argumentValues[name] ?? process.env[`HICLAW_SANDBOX_${name.toUpperCase().replaceAll('-', '_')}`];

const overrides = (): Record<string, unknown> => {
  const number = (value: string | undefined): number | undefined =>
    value === undefined ? undefined : Number(value);
  const all = {
    host: given('host'),
    homeserverPort: number(given('homeserver-port')),
    storagePort: number(given('storage-port')),
    controlPort: number(given('control-port')),
    managerHome: given('manager-home'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

const readSeed = (path: string | undefined): Record<string, unknown> =>
  path === undefined
    ? { workers: [{ name: 'alice' }] }
    : z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')));

if (argumentValues.help === true) {
  console.log(usage);
  process.exit(0);
}
const hiclaw = await startHiclaw({ ...hiclawOptions.parse({ ...readSeed(given('seed')), ...overrides() }) });

const end = (): void => {
  hiclaw.close().catch((error: unknown) => {
    console.error('sandbox:', error);
    process.exitCode = 1;
  });
};
process.once('SIGTERM', end);
process.once('SIGINT', end);

console.log(JSON.stringify(describe(hiclaw)));
