/** How a command ended; what `--help` and docs/cli.md promise. */
export const EXIT = {
  done: 0,
  /** A check failed, or another system refused. */
  failed: 1,
  /** Wrong options, wrong configuration. */
  usage: 2,
  /** Another system could not be reached: worth another try later. */
  unavailable: 3,
  /** Somebody pressed Ctrl-C: 128 and the number of SIGINT, as a shell has it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with words for the person who ran it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  readonly remedy: string | undefined;

  constructor(exitCode: ExitCode, message: string, remedy?: string) {
    super(message);
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}
