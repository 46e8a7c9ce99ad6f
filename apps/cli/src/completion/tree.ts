import type { Command } from 'commander';

/** One word that may stand somewhere, with what it is for. */
export interface Word {
  readonly word: string;
  readonly description: string;
}

export interface CompletedOption extends Word {
  /** Whether another word, its value, follows. */
  readonly takesValue: boolean;
  /** Whether that value is a file. */
  readonly takesFile: boolean;
}

/** What may follow the words of one command. */
export interface CompletedCommand {
  /** The words before, such as `hirings list`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly CompletedOption[];
  /** Whether its arguments are files. */
  readonly takesFiles: boolean;
}

/** Every command with what may follow it; the program itself comes first. */
export function commandTree(program: Command): readonly CompletedCommand[] {
  const everywhere = optionsOf(program);
  const visit = (command: Command, path: readonly string[]): readonly CompletedCommand[] => [
    {
      path: path.join(' '),
      commands: command.commands.map((one) => ({ word: one.name(), description: one.description() })),
      options: command === program ? everywhere : [...optionsOf(command), ...everywhere],
      takesFiles: command.registeredArguments.some((argument) => argument.name() === 'file'),
    },
    ...command.commands.flatMap((one) => visit(one, [...path, one.name()])),
  ];
  return visit(program, []);
}

function optionsOf(command: Command): readonly CompletedOption[] {
  return command.options.flatMap(({ long, description, required, flags }) =>
    long === undefined || long === null
      ? []
      : [{ word: long, description, takesValue: required, takesFile: flags.includes('<file>') }],
  );
}
