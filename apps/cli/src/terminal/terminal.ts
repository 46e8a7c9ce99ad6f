import { resolve } from 'node:path';

/** Where a command runs and what it prints to, handed in by `main.ts`, which alone touches the real one. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Who runs it: the name of an account of this machine. */
  readonly user: string;
  /** The folder it was started in. */
  readonly folder: string;
  /** Whether somebody sits there who can be asked. */
  readonly interactive: boolean;
  /** How wide the output is shown; undefined where nobody looks at it. */
  readonly columns?: number | undefined;
  /** Whether the output is looked at, and not read by a program. */
  readonly colours: boolean;
  /** Aborts when the command is stopped. */
  readonly stop: AbortSignal;
  /** Calls back for each SIGHUP, which ends the process unless this was called. */
  onHangUp(listener: () => void): void;
  /** What was asked for. */
  print(text: string): void;
  /** What is said beside it: progress, questions, errors. */
  writeError(text: string): void;
}

/** Options that every command takes. */
export interface CommonOptions {
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The configuration file that a command works with, as a whole path. */
export function configurationFile({ environment, folder }: Terminal, { config }: CommonOptions): string {
  return resolve(folder, config ?? (environment['ADAPTER_CONFIG'] || 'adapter.yaml'));
}
