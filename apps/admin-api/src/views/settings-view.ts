import type { ConfigFile } from '@agrenting-hiclaw/operations';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { SETTINGS, type Configuration } from '@agrenting-hiclaw/runtime';

export interface ShownSetting {
  readonly path: string;
  /** As it is in effect; null for a secret. */
  readonly value: unknown;
  readonly from: 'environment' | 'file' | 'default';
  readonly secret: boolean;
}

/** Addresses that may be as good as a key, and hashes that are nobody's business. */
const HIDDEN: readonly RegExp[] = [/^alerts\.webhookUrl$/, /^admin\.tokens\.\d+\.hash$/];

/** Every setting as it is in effect, without a secret, and where it came from. */
export function shownSettings(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
  draft: ConfigFile | undefined,
): readonly ShownSetting[] {
  const variables = new Map(SETTINGS.map(({ path, variable }) => [path.join('.'), variable]));
  const given = (names: readonly string[]): boolean => {
    const path = names.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
    const last = path.at(-1);
    return (
      draft?.value(...path) !== undefined ||
      (typeof last === 'string' && draft?.value(...path.slice(0, -1), `${last}File`) !== undefined)
    );
  };
  const isSet = (variable: string | undefined): boolean =>
    variable !== undefined && Boolean(environment[variable] ?? environment[`${variable}_FILE`]);

  return leavesOf(configuration, []).map(({ names, value }) => {
    const path = names.join('.');
    const secret = value instanceof Secret || HIDDEN.some((hidden) => hidden.test(path));
    const variable = variables.get(names.slice(0, 2).join('.'));
    const from = isSet(variable) ? 'environment' : given(names) ? 'file' : 'default';
    return { path, value: secret ? null : withoutUser(value), from, secret };
  });
}

interface Leaf {
  readonly names: readonly string[];
  readonly value: unknown;
}

function leavesOf(value: unknown, names: readonly string[]): readonly Leaf[] {
  if (value === undefined) return [];
  if (value === null || typeof value !== 'object' || value instanceof Secret) return [{ names, value }];
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  if (isPlainList) return [{ names, value }];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...names, name]));
}

/** An address may hold a name and a password. */
function withoutUser(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/:\/\/[^/@\s]{0,1024}@/, '://') : value;
}
