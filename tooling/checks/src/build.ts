// Compiles every package, and then the page: node tooling/checks/src/build.ts [options of tsc]
import { BUILD_PAGE } from './page.ts';
import { runProgram, type CommandLine } from './program.ts';
import { compiledFolders } from './workspace.ts';

const commands: readonly CommandLine[] = [
  ['tsc', '--build', ...compiledFolders(), ...process.argv.slice(2)],
  BUILD_PAGE,
];
process.exitCode = 0;
for (const command of commands) {
  const { succeeded } = await runProgram(command, {
    output: 'terminal',
    signal: new AbortController().signal,
  });
  if (!succeeded) {
    process.exitCode = 1;
    break;
  }
}
