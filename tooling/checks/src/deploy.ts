// Makes a folder that runs one app with its production dependencies only: node tooling/checks/src/deploy.ts <app> <folder>
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUILD_PAGE } from './page.ts';
import { runProgram, type CommandLine } from './program.ts';
import { compiledFolders, rootFolder } from './workspace.ts';

const [app = '', folder = ''] = process.argv.slice(2);

if (app === '' || folder === '' || !existsSync(join(rootFolder, 'apps', app, 'package.json'))) {
  console.error(
    'Usage: npm run deploy-app -- <app> <folder>\n  <app> is a folder of apps/, such as mcp-client; <folder> is new or empty.',
  );
  process.exit(2);
}
const target = resolve(process.env['INIT_CWD'] ?? rootFolder, folder);
const commands: readonly CommandLine[] = [
  ['tsc', '--build', ...compiledFolders()],
  BUILD_PAGE,
  ['pnpm', '--filter', `./apps/${app}`, 'deploy', '--prod', target],
];
for (const command of commands) {
  const { succeeded } = await runProgram(command, {
    output: 'terminal',
    signal: new AbortController().signal,
  });
  if (!succeeded) process.exit(1);
}
console.log(`${app} is in ${target}. Start it with Node 24: node ${join(target, 'dist', 'main.js')}`);
