import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { rootFolder } from './workspace.ts';

/** A program and its arguments. */
export type CommandLine = readonly [program: string, ...programArguments: string[]];

/** How a program ended, and what it printed unless it had the terminal. */
export interface ProgramEnd {
  readonly succeeded: boolean;
  readonly output: string;
}

interface ProgramOptions {
  /** Ends the program when it fires. */
  readonly signal: AbortSignal;
  /** `terminal`: the program prints for itself. `captured`: what it prints is in the answer. */
  readonly output: 'terminal' | 'captured';
}

/** Runs a program of the workspace in the root folder. A program that cannot be started has not succeeded. */
export function runProgram(commandLine: CommandLine, options: ProgramOptions): Promise<ProgramEnd> {
  const [program, ...programArguments] = commandLine;
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
  const child = spawn(program, programArguments, {
    cwd: rootFolder,
    env: workspaceEnvironment(process.env),
    signal: options.signal,
    stdio: options.output === 'terminal' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  child.on('error', (error) => resolve({ succeeded: false, output: `${program}: ${error.message}` }));
  child.on('close', (code) => resolve({ succeeded: code === 0, output }));
  return promise;
}

function workspaceEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const programs = join(rootFolder, 'node_modules', '.bin');
  return { ...environment, PATH: [programs, environment['PATH'] ?? ''].join(delimiter) };
}
