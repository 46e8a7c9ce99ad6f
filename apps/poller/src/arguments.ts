import { parseArgs } from 'node:util';

/** What the program is asked to do. */
export type Command =
  | { readonly kind: 'run' }
  | { readonly kind: 'help' }
  | { readonly kind: 'once'; readonly json: boolean }
  | { readonly kind: 'wrong'; readonly problem: string };

export const USAGE = `Usage: poller [--once [--json]]

  (no option)  asks for pending hirings again and again, and works on what was received
  --once       looks at every list once, keeps what it finds, prints it, and ends
  --json       prints one line of JSON instead of a table, for --once

Settings come from the file that ADAPTER_CONFIG names and from the environment: docs/configuration.md.
Exit codes: 0 as it should be, 1 something failed, 2 the command or the settings are wrong.
`;

/** Reads the program's arguments. */
export function parseCommand(programArguments: readonly string[]): Command {
  try {
    const { values } = parseArgs({
      args: [...programArguments],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const { help, once, json } = values;
    if (help) return { kind: 'help' };
    if (once) return { kind: 'once', json };
    return json ? { kind: 'wrong', problem: '--json goes with --once.' } : { kind: 'run' };
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : String(error) };
  }
}
