import { readFile } from 'node:fs/promises';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { Configuration } from './schema.ts';
import { AGENT_VARIABLES } from './setting-facts.ts';
import { FILE_VARIABLE, SETTINGS } from './settings.ts';

/** Where the value of a setting came from. */
export type Source =
  | { readonly kind: 'default' }
  /** Written in the configuration file; lines count from 1. */
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'variable'; readonly variable: string }
  /** A file of its own, with who named it: a variable, or a line of the configuration file. */
  | { readonly kind: 'secret_file'; readonly file: string; readonly namedBy: string }
  /** The configuration of MinIO's client, by the variable that names the alias. */
  | { readonly kind: 'alias'; readonly variable: string };

/** One setting as it holds. */
export interface EffectiveSetting {
  /** Its place, such as `agents.0.worker`. */
  readonly place: string;
  /** What it is; `[redacted]` for a secret. */
  readonly value: unknown;
  readonly isSecret: boolean;
  readonly source: Source;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Path = readonly (string | number)[];

/** Every setting of a loaded configuration, without secrets, and where it came from. */
export async function effectiveSettings(
  configuration: Configuration,
  environment: Environment,
): Promise<readonly EffectiveSetting[]> {
  const written = await Written.read(environment[FILE_VARIABLE]);
  return leavesOf(configuration, []).map(({ path, value }) => {
    const place = path.join('.');
    return {
      place,
      value: shown(place, value),
      isSecret: isSecret(value),
      source: sourceOf(path, environment, written),
    };
  });
}

/** A configuration file, for where things stand in it. */
class Written {
  readonly file: string;
  readonly #document: Document | undefined;
  readonly #lines: LineCounter;

  private constructor(file: string, document: Document | undefined, lines: LineCounter) {
    this.file = file;
    this.#document = document;
    this.#lines = lines;
  }

  static async read(file: string | undefined): Promise<Written> {
    const lines = new LineCounter();
    if (file === undefined || file === '') return new Written('', undefined, lines);
    const text = await readFile(file, 'utf8');
    return new Written(file, parseDocument(text, { lineCounter: lines }), lines);
  }

  /** The line of a value; undefined when it is missing. */
  lineOf(path: Path): number | undefined {
    const found: unknown = this.#document?.getIn(path, true);
    if (!isNode(found) || found.range === undefined || found.range === null) return undefined;
    return this.#lines.linePos(found.range[0]).line;
  }

  text(path: Path): string | undefined {
    const value: unknown = this.#document?.getIn(path);
    return typeof value === 'string' ? value : undefined;
  }
}

function sourceOf(path: Path, environment: Environment, written: Written): Source {
  const setting = SETTINGS.find(
    ({ path: [section, name] }) => section === path[0] && name === path[1] && path.length === 2,
  );
  const byAgent =
    path[0] === 'agents' && path[1] === 0 ? agentVariable(path[2], environment, written) : undefined;
  const variable = setting?.variable ?? byAgent;
  if (variable !== undefined && isGiven(environment[variable])) return { kind: 'variable', variable };
  const file = variable === undefined ? undefined : environment[`${variable}_FILE`];
  const canBeFile = setting === undefined ? path.at(-1) === 'key' : setting.secret;
  if (variable !== undefined && file !== undefined && canBeFile) {
    return { kind: 'secret_file', file, namedBy: `${variable}_FILE` };
  }
  return (
    writtenSource(path, canBeFile, setting !== undefined, written) ??
    otherVariable(path, environment) ?? { kind: 'default' }
  );
}

function writtenSource(
  path: Path,
  canBeFile: boolean,
  fileWins: boolean,
  written: Written,
): Source | undefined {
  const line = written.lineOf(path);
  const inline: Source | undefined =
    line === undefined ? undefined : { kind: 'file', file: written.file, line };
  const place = [...path.slice(0, -1), `${path.at(-1)}File`];
  const file = canBeFile ? written.text(place) : undefined;
  if (file === undefined) return inline;
  const named: Source = {
    kind: 'secret_file',
    file,
    namedBy: `${written.file}:${written.lineOf(place)}`,
  };
  return fileWins ? named : (inline ?? named);
}

/** The variables of the one agent, which are taken so as long as the file lists no agents with keys of their own. */
function agentVariable(
  name: string | number | undefined,
  environment: Environment,
  written: Written,
): string | undefined {
  const { key, id, worker } = AGENT_VARIABLES;
  const hasKey = ['key', 'keyFile'].some((field) => written.lineOf(['agents', 0, field]) !== undefined);
  const isOther = written.lineOf(['agents', 1]) !== undefined || (hasKey && environment[id] === undefined);
  const given = isGiven(environment[key]) || isGiven(environment[`${key}_FILE`]);
  if (isOther || !given) return undefined;
  return name === 'key' ? key : name === 'id' ? id : name === 'worker' ? worker : undefined;
}

/** Variables that fill in what nothing else gives. */
function otherVariable(path: Path, environment: Environment): Source | undefined {
  const place = path.join('.');
  if (['storage.endpoint', 'storage.accessKey', 'storage.secretKey'].includes(place)) {
    return isGiven(environment['MINIO_ALIAS']) ? { kind: 'alias', variable: 'MINIO_ALIAS' } : undefined;
  }
  if (place !== 'marketplace.userToken') return undefined;
  const variable = AGENT_VARIABLES.key;
  const file = environment[`${variable}_FILE`];
  if (isGiven(environment[variable])) return { kind: 'variable', variable };
  return file === undefined ? undefined : { kind: 'secret_file', file, namedBy: `${variable}_FILE` };
}

function isGiven(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

interface Leaf {
  readonly path: Path;
  readonly value: unknown;
}

/** Single values, and lists of them. */
function leavesOf(value: unknown, path: Path): readonly Leaf[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.some((item) => isSection(item))) {
    return value.flatMap((item, index) => leavesOf(item, [...path, index]));
  }
  if (!isSection(value)) return [{ path, value }];
  return Object.entries(value).flatMap(([name, inside]) => leavesOf(inside, [...path, name]));
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

function isSecret(value: unknown): boolean {
  return value instanceof Secret || (Array.isArray(value) && value.some((item) => item instanceof Secret));
}

/** An address may hold a password, and the address of a chat's incoming webhook is a secret. */
function shown(place: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => shown(place, item));
  if (value instanceof Secret) return '[redacted]';
  if (typeof value !== 'string') return value;
  if (place === 'alerts.webhookUrl') {
    const { origin, pathname, search } = new URL(value);
    return pathname.length + search.length > 1 ? `${origin}/[redacted]` : value;
  }
  return value.replace(/^(https?:\/\/)[^/@]*@/, '$1[redacted]@');
}
