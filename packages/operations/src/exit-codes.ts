/**
 * How a command ended; what `--help` and docs/cli.md promise. Imported by its own path, because all of the operations take half a
 * second to load.
 */
export const EXIT = {
  done: 0,
  /** A check failed, or another system refused. */
  failed: 1,
  /** Wrong options, wrong configuration. */
  usage: 2,
  /** The other side could not be asked: worth another try later. */
  unavailable: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with words for the person who ran it. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;
  readonly remedy: string | undefined;

  constructor(exitCode: ExitCode, message: string, remedy?: string) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}
