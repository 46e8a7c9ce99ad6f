// Compiles every package: node tooling/checks/src/build.ts [options of tsc]
import { runProgram } from './program.ts';
import { compiledFolders } from './workspace.ts';

const { succeeded } = await runProgram(['tsc', '--build', ...compiledFolders(), ...process.argv.slice(2)], {
  output: 'terminal',
  signal: new AbortController().signal,
});
process.exitCode = succeeded ? 0 : 1;
