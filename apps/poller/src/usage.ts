import { parseArgs } from 'node:util';

/** What the program is asked to do. */
export type Command =
  | { readonly kind: 'run' }
  | { readonly kind: 'help' }
  | { readonly kind: 'once'; readonly json: boolean }
  | { readonly kind: 'rebuild'; readonly json: boolean }
  | { readonly kind: 'backup'; readonly file: string }
  | { readonly kind: 'restore'; readonly file: string }
  | { readonly kind: 'wrong'; readonly problem: string };

export const USAGE = `Usage: poller [command]

  (no command)      asks for pending hirings again and again, and works on what was heard
  --once            looks at every list once, keeps what it finds, prints it, and ends
  --rebuild         makes a lost store anew from the marketplace, the storage and the rooms, and ends
  --backup <file>   copies the store into a new file while others work on it, and ends
  --restore <file>  makes a store out of such a copy, where there is none, and ends
  --json            prints one line of JSON in the place of a table, for --once and --rebuild

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
        rebuild: { type: 'boolean', default: false },
        backup: { type: 'string' },
        restore: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    return commandOf(values);
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : String(error) };
  }
}

interface Values {
  readonly help: boolean;
  readonly once: boolean;
  readonly rebuild: boolean;
  readonly backup?: string | undefined;
  readonly restore?: string | undefined;
  readonly json: boolean;
}

function commandOf({ help, once, rebuild, backup, restore, json }: Values): Command {
  if (help) return { kind: 'help' };
  const commands: Command[] = [
    ...(once ? [{ kind: 'once', json } as const] : []),
    ...(rebuild ? [{ kind: 'rebuild', json } as const] : []),
    ...(backup === undefined ? [] : [{ kind: 'backup', file: backup } as const]),
    ...(restore === undefined ? [] : [{ kind: 'restore', file: restore } as const]),
  ];
  const [command = { kind: 'run' }, another] = commands;
  if (another !== undefined) return { kind: 'wrong', problem: 'Only one command can be given at a time.' };
  if (json && !once && !rebuild) {
    return { kind: 'wrong', problem: '--json goes with --once or --rebuild.' };
  }
  return command;
}
