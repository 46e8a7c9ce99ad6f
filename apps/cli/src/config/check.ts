import {
  effectiveSettings,
  loadConfiguration,
  spelledOut,
  type EffectiveSetting,
  type Source,
} from '@agrenting-hiclaw/runtime';
import { configurationEnvironment, problemsError } from '../configuration/loaded.ts';
import { mark, printJson, table } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';

export interface CheckOptions extends CommonOptions {
  /** Whether what the bridge needs is looked for, too. */
  readonly webhook?: boolean | undefined;
}

/** Validates the configuration, and says of every setting what holds and where it came from; never a secret. */
export async function checkConfig(terminal: Terminal, options: CheckOptions): Promise<void> {
  const environment = configurationEnvironment(terminal, options);
  const loaded = await loadConfiguration(environment, { webhook: options.webhook });
  const file = configurationFile(terminal, options);
  if (loaded.kind === 'problems') {
    if (options.json === true)
      printJson(terminal, { valid: false, file, problems: loaded.problems.map(spelledOut) });
    throw problemsError(loaded.problems, file);
  }
  const settings = await effectiveSettings(loaded.configuration, environment);
  if (options.json === true) {
    return printJson(terminal, {
      valid: true,
      file,
      settings: settings.map(({ place, value, isSecret, source }) => ({
        setting: place,
        value,
        secret: isSecret,
        source,
      })),
    });
  }
  const rows = settings.map(({ place, value, source }) => [place, inShort(value), described(source)]);
  terminal.print(`${table(terminal, ['SETTING', 'VALUE', 'FROM'], rows)}\n\n`);
  return terminal.print(`${mark(terminal, 'ok')} ${file} is valid; run doctor to check the services\n`);
}

const MAX_CHARACTERS = 60;

function inShort(value: EffectiveSetting['value']): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS - 1)}…` : text;
}

/** Where a value came from, for a person. */
export function described(source: Source): string {
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `${source.file}:${source.line}`;
    case 'variable':
      return source.variable;
    case 'secret_file':
      return `${source.file} (named by ${source.namedBy})`;
    case 'alias':
      return `MinIO's client (${source.variable})`;
  }
}
