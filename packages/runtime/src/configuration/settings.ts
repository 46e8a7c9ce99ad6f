import { configurationSchema } from './schema.ts';
import { factsIn } from './setting-facts.ts';

/**
 * Every setting that an environment variable can give, with the words that help when it is missing. The
 * documentation's table and the start-up messages come from here.
 */
export interface Setting {
  /** Its path in the configuration file. */
  readonly path: readonly [section: string, name: string];
  /** The environment variable that overrides the file. */
  readonly variable: string;
  /** A secret may also come from a file: `<variable>_FILE`, or `<name>File` in the configuration file. */
  readonly secret: boolean;
  /** True when that file must be for its owner's eyes only (mode 600). */
  readonly privateFile: boolean;
  /** What it is, and where to get it. */
  readonly help: string;
}

// A section of several kinds says the same of each: the first counts.
const FACTS = new Map([...factsIn(configurationSchema)].toReversed());

export const SETTINGS: readonly Setting[] = [...FACTS].toReversed().flatMap(([place, facts]) => {
  const { variable, text: help, secret } = facts;
  const [section, name] = place.split('.');
  if (variable === undefined || section === undefined || name === undefined) return [];
  const isPrivate = secret === 'private';
  return [{ path: [section, name], variable, help, secret: secret !== undefined, privateFile: isPrivate }];
});

/** What a setting is, by its place such as `agents.*.key`; undefined for one that nobody described. */
export function descriptionOf(place: string): string | undefined {
  const { text, variable } = FACTS.get(place) ?? {};
  return text === undefined || variable === undefined ? text : `${sentence(text)} Variable ${variable}.`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** Names the configuration file. */
export const FILE_VARIABLE = 'ADAPTER_CONFIG';
