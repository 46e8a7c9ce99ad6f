import {
  listProblems,
  loadConfiguration,
  type Configuration,
  type Needs,
  type SettingProblem,
} from '@agrenting-hiclaw/runtime/configuration';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';

/** The configuration as the apps have it, and everything that is wrong with it in one error. */
export async function loadedConfiguration(
  terminal: Terminal,
  options: CommonOptions,
  needs: Needs = {},
): Promise<Configuration> {
  const loaded = await loadConfiguration(configurationEnvironment(terminal, options), needs);
  if (loaded.kind === 'loaded') return loaded.configuration;
  throw problemsError(loaded.problems, configurationFile(terminal, options));
}

/** Everything that is wrong with the configuration in this file, as one error. */
export function problemsError(problems: readonly SettingProblem[], file: string): CommandError {
  if (problems.some(({ code }) => code === 'file_missing')) {
    return new CommandError(
      EXIT.usage,
      `no configuration file at ${file}`,
      'Run `agrenting-hiclaw init` first, or set --config.',
    );
  }
  return new CommandError(EXIT.usage, `the configuration is invalid:\n${listProblems(problems)}`);
}

/** The environment, with the configuration file that the command names. */
export function configurationEnvironment(
  terminal: Terminal,
  options: CommonOptions,
): Readonly<Record<string, string | undefined>> {
  return {
    ...terminal.environment,
    ADAPTER_CONFIG: configurationFile(terminal, options),
  };
}
