// Runs the sandbox and the apps from source, each restarted when a file that it loads changes:
//   pnpm dev                        everything
//   pnpm dev --filter mcp-client    one app alone, by the name of its folder
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { turboArguments } from './turbo-arguments.ts';

const rootFolder = join(import.meta.dirname, '..', '..', '..');

const givenArguments = process.argv.slice(2);

const stateFolder = join(rootFolder, '.dev');
// The sandbox starts over and remembers nothing: what an app remembers of an earlier one would be wrong.
if (givenArguments.length === 0) rmSync(stateFolder, { recursive: true, force: true });
mkdirSync(stateFolder, { recursive: true });
// Its secrets are made up, but doctor cannot know that, and git keeps no such mode.
chmodSync(join(import.meta.dirname, '..', 'adapter.yaml'), 0o600);

const turbo = spawn('turbo', turboArguments(givenArguments, rootFolder), {
  cwd: rootFolder,
  stdio: 'inherit',
});
// A terminal sends SIGINT to turbo as well, which ends what it started: this process only has to outlive it.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => turbo.kill(signal));
turbo.on('close', (code) => {
  process.exitCode = code ?? 1;
});
