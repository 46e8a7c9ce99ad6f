import { open, readFile } from 'node:fs/promises';
import { isLoopback } from '@agrenting-hiclaw/core/base-url';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { parseDocument, visit, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { fillFromAlias } from './minio-alias.ts';
import { configurationSchema, type Configuration } from './schema.ts';
import { isSealed, unseal } from './sealed-secret.ts';
import type { SettingFault, SettingProblem } from './setting-problem.ts';
import { hostProblems } from './host-checks.ts';
import { AGENT_VARIABLES } from './setting-facts.ts';
import { FILE_VARIABLE, SETTINGS, type Setting } from './settings.ts';

/** The configuration, or everything that is wrong with it. */
export type LoadedConfiguration =
  | { readonly kind: 'loaded'; readonly configuration: Configuration }
  | { readonly kind: 'problems'; readonly problems: readonly SettingProblem[] };

type Environment = Readonly<Record<string, string | undefined>>;
type Section = Record<string, unknown>;
type Raw = Record<string, unknown>;

const section = z.record(z.string(), z.unknown());

/** Sections that have to be given; an empty one makes each of its missing settings a problem by name. */
const NEEDED_SECTIONS = ['matrix', 'storage', 'store'] as const;

/** What only some apps need. */
export interface Needs {
  /** Hires come by webhook: something has to tell the marketplace's from a stranger's (design, rule 9). */
  readonly webhook?: boolean | undefined;
  /** Operators come with tokens: without one nobody could be told from a stranger (design, rule 9). */
  readonly admin?: boolean | undefined;
}

/**
 * Reads the configuration file that `ADAPTER_CONFIG` names, if any, lays the environment over it, reads
 * the secrets that are given as files, and checks all of it at once.
 */
export async function loadConfiguration(
  environment: Environment,
  needs: Needs = {},
): Promise<LoadedConfiguration> {
  const unreadable: SettingProblem[] = [];
  const given = await readConfigurationFile(environment, unreadable);
  const loaded = await checkConfiguration(given, environment, needs);
  if (unreadable.length > 0) {
    // What is missing may well be in the file that could not be read.
    const others = loaded.kind === 'problems' ? loaded.problems.filter(({ code }) => code !== 'missing') : [];
    return { kind: 'problems', problems: [...unreadable, ...others] };
  }
  if (loaded.kind === 'problems') return loaded;
  const problems = await hostProblems(loaded.configuration);
  return problems.length === 0 ? loaded : { kind: 'problems', problems };
}

/** The same for a configuration that is at hand instead of in a file. */
export async function checkConfiguration(
  given: Readonly<Raw>,
  environment: Environment,
  needs: Needs = {},
): Promise<LoadedConfiguration> {
  const problems: SettingProblem[] = [];
  const raw = { ...given };
  for (const name of NEEDED_SECTIONS) raw[name] ??= {};
  for (const setting of SETTINGS) await overlay(raw, setting, environment, problems);
  const storage = section.safeParse(raw['storage']).data;
  if (storage !== undefined) raw['storage'] = await fillFromAlias(storage, environment, problems);
  await overlayAgents(raw, environment, problems);
  openSealed(raw, problems);

  const parsed = configurationSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) problems.push(...unlessSaid(problems, parsed.error.issues.flatMap(problemsOf)));
  problems.push(...unlessSaid(problems, problemsOfWorkers(raw)));
  problems.push(...unlessSaid(problems, problemsOfManager(raw)));
  if (needs.webhook === true) problems.push(...unlessSaid(problems, problemsOfWebhook(raw)));
  if (needs.admin === true) problems.push(...unlessSaid(problems, problemsOfAdmin(raw)));
  if (!parsed.success || problems.length > 0) return { kind: 'problems', problems };
  return { kind: 'loaded', configuration: parsed.data };
}

/** Opens the secrets that were sealed with the key of the store. */
function openSealed(raw: Raw, problems: SettingProblem[]): void {
  const { key } = section.safeParse(raw['store']).data ?? {};
  if (typeof key !== 'string') return;
  const storeKey = new Secret(key);
  const open = (value: unknown, where: string): unknown => {
    if (typeof value === 'string' && isSealed(value)) {
      const opened = unseal(value, storeKey);
      if (opened !== undefined) return opened;
      problems.push({ where, code: 'sealed_with_another_key' });
      return value;
    }
    if (Array.isArray(value)) return value.map((item, index) => open(item, `${where}.${index}`));
    const inside = section.safeParse(value).data;
    if (inside === undefined) return value;
    return Object.fromEntries(
      Object.entries(inside).map(([name, item]) => [name, open(item, `${where}.${name}`)]),
    );
  };
  for (const [name, value] of Object.entries(raw)) raw[name] = open(value, name);
}

async function readConfigurationFile(environment: Environment, problems: SettingProblem[]): Promise<Raw> {
  const file = environment[FILE_VARIABLE];
  if (file === undefined || file === '') return {};
  try {
    const parsed = section.nullable().safeParse(settingsIn(await readFile(file, 'utf8')));
    if (parsed.success) return { ...parsed.data };
    problems.push({ where: file, code: 'file_without_sections' });
  } catch (error) {
    problems.push({ where: file, ...fileFault(error) });
  }
  return {};
}

/**
 * What the file says, its numbers as they stand there: a key of digits is a text, and as a number it would lose zeros in
 * front and digits behind the sixteenth. Every setting that is a number takes it from such a text, as from a variable.
 */
function settingsIn(yaml: string): unknown {
  const document = parseDocument(yaml);
  const [problem] = document.errors;
  if (problem !== undefined) throw problem;
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'number' || typeof node.value === 'bigint') {
        node.value = node.source ?? String(node.value);
      }
    },
  });
  return document.toJS();
}

/** Never with the words of the file, which may be a secret. */
function fileFault(error: unknown): SettingFault {
  if (error instanceof YAMLParseError) {
    const place = error.linePos?.[0];
    const problem = error.code.toLowerCase().replaceAll('_', ' ');
    return { code: 'file_not_yaml', problem, line: place?.line, column: place?.col };
  }
  const errno = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return errno === 'ENOENT' ? { code: 'file_missing' } : { code: 'file_unreadable', errno };
}

async function overlay(
  raw: Raw,
  setting: Setting,
  environment: Environment,
  problems: SettingProblem[],
): Promise<void> {
  const [sectionName, name] = setting.path;
  const given = section.safeParse(raw[sectionName] ?? {});
  if (!given.success) return;
  const values: Section = { ...given.data };
  const value = environment[setting.variable];
  if (value === '' && setting.secret) {
    problems.push({ where: setting.path.join('.'), code: 'empty_variable', variable: setting.variable });
  } else if (value !== undefined && value !== '') {
    values[name] = value;
  } else if (setting.secret) {
    const file = {
      name,
      where: `${sectionName}.${name}`,
      fileFromEnvironment: environment[`${setting.variable}_FILE`],
      isPrivate: setting.privateFile,
    };
    await readSecretFile(values, file, problems);
  }
  delete values[`${name}File`];
  if (Object.keys(values).length > 0) raw[sectionName] = values;
}

/** Puts the content of the file that the environment or the section names into the section. */
async function readSecretFile(
  values: Section,
  { name, where, fileFromEnvironment, isPrivate = false }: SecretFile,
  problems: SettingProblem[],
): Promise<void> {
  const path = fileFromEnvironment ?? values[`${name}File`];
  if (typeof path !== 'string' || path === '') return;
  try {
    const file = await open(path, 'r');
    try {
      // The open file is asked, not the path, which might name another file by then.
      const { mode } = await file.stat();
      if (isPrivate && (mode & 0o077) !== 0) {
        problems.push({ where, code: 'secret_file_exposed', file: path });
      } else {
        values[name] = (await file.readFile('utf8')).trim();
      }
    } finally {
      await file.close();
    }
  } catch {
    problems.push({ where, code: 'secret_file_unreadable', file: path });
  }
}

interface SecretFile {
  readonly name: string;
  readonly where: string;
  readonly fileFromEnvironment?: string | undefined;
  readonly isPrivate?: boolean;
}

async function overlayAgents(raw: Raw, environment: Environment, problems: SettingProblem[]): Promise<void> {
  const variable = AGENT_VARIABLES;
  const single: Section = {};
  if (environment[variable.key]) single['key'] = environment[variable.key];
  else {
    const fileFromEnvironment = environment[`${variable.key}_FILE`];
    await readSecretFile(single, { name: 'key', where: 'agents', fileFromEnvironment }, problems);
  }
  const listed = z.array(section).safeParse(raw['agents'] ?? []);
  if (single['key'] !== undefined) {
    const [only = {}, another] = listed.data ?? [];
    const hasKey = only['key'] !== undefined || only['keyFile'] !== undefined;
    if (another !== undefined || (hasKey && environment[variable.id] === undefined)) {
      // With a bridge the marketplace's page means the user token by this variable (adapter page, A7).
      takeAsUserToken(raw, single['key']);
    } else {
      if (environment[variable.id]) single['id'] = environment[variable.id];
      if (environment[variable.worker]) single['worker'] = environment[variable.worker];
      const { keyFile: _, ...listedOnly } = only;
      raw['agents'] = [{ ...listedOnly, ...single }];
      return;
    }
  }
  if (!listed.success) return;
  const agents: Section[] = [];
  for (const [index, given] of listed.data.entries()) {
    const agent = { ...given };
    if (agent['key'] === undefined) {
      await readSecretFile(agent, { name: 'key', where: `agents.${index}.key` }, problems);
    }
    delete agent['keyFile'];
    agents.push(agent);
  }
  raw['agents'] = agents;
}

/** Whether it is one, the marketplace is asked: one that it refuses is reported, and not used. */
function takeAsUserToken(raw: Raw, key: unknown): void {
  const marketplace = section.safeParse(raw['marketplace'] ?? {}).data;
  if (marketplace !== undefined) raw['marketplace'] = { userToken: key, ...marketplace };
}

/** Nobody would be there to do the work: that is said before somebody has paid for it (design, section 4). */
function problemsOfWorkers(raw: Raw): SettingProblem[] {
  const workers = section.safeParse(raw['workers'] ?? {}).data ?? {};
  const { list = [], registryFile } = workers;
  const listed = z.array(section).safeParse(list);
  if (!listed.success || registryFile !== undefined) return [];
  if (listed.data.length === 0) return [{ where: 'workers', code: 'missing' }];
  const names = listed.data.map(({ name }) => name);
  const agents = z.array(section).safeParse(raw['agents'] ?? []).data ?? [];
  return agents.flatMap(({ worker }, index) =>
    worker === undefined || names.includes(worker)
      ? []
      : [{ where: `agents.${index}.worker`, code: 'unknown_worker', known: names.map(String) } as const],
  );
}

/** Delegation needs the account and the room of the Manager. */
function problemsOfManager(raw: Raw): SettingProblem[] {
  const manager = section.safeParse(raw['manager'] ?? {}).data ?? {};
  if (manager['delegates'] !== true) return [];
  return ['userId', 'roomId'].flatMap((name) =>
    isGiven(manager[name])
      ? []
      : [{ where: `manager.${name}`, code: 'missing', neededBy: 'delegation' } as const],
  );
}

/** Without a key anybody could send work to the workers, so none means that nothing starts (design, rule 9). */
function problemsOfWebhook(raw: Raw): SettingProblem[] {
  const { host, keys, insecure, signature, signatureSecrets } =
    section.safeParse(raw['webhook'] ?? {}).data ?? {};
  const signed = isGiven(signatureSecrets);
  if (signature === 'required' && !signed) {
    return [{ where: 'webhook.signature', code: 'signature_without_secret' }];
  }
  const listensAt = typeof host === 'string' ? host : '127.0.0.1';
  if (insecure === true && !isLoopback(listensAt)) {
    return [{ where: 'webhook.insecure', code: 'insecure_beyond_loopback', host: listensAt }];
  }
  const guarded = isGiven(keys) || (signed && (signature ?? 'required') === 'required');
  if (guarded || insecure === true) return [];
  return [{ where: 'webhook.keys', code: 'missing', neededBy: 'webhooks' }];
}

/** A caller without a token of the list is refused, so nobody could log in with an empty list: nothing starts. */
function problemsOfAdmin(raw: Raw): SettingProblem[] {
  const { tokens } = section.safeParse(raw['admin'] ?? {}).data ?? {};
  if (isGiven(tokens)) return [];
  return [{ where: 'admin.tokens', code: 'missing', neededBy: 'operators' }];
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === 'string' && value.trim() !== '';
}

function problemsOf(issue: z.core.$ZodIssue): SettingProblem[] {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      where: where === '' ? key : `${where}.${key}`,
      code: 'unknown_setting',
    }));
  }
  if (isMissing(issue)) return [{ where, code: 'missing' }];
  return [{ where, code: 'invalid', rule: ruleOf(issue) }];
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'must be a section of settings',
  array: 'must be a list',
  string: 'must be a text',
  number: 'must be a number',
  boolean: 'must be true or false',
};

/** A setting that is not given, or a list that has to name something and is empty. */
function isMissing(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'too_small') return issue.path.join('.') === 'agents';
  return issue.input === undefined || issue.input === null;
}

/** What the setting has to be: as the schema says it, or what zod would say in its own words about types and bounds. */
function ruleOf(issue: z.core.$ZodIssue): string {
  // theirs: of zod, where the schema has no words of its own
  if (!/^(?:Invalid|Too )/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? `must be of the kind ${issue.expected}`;
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return 'is not a valid choice';
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return 'is not usable';
  }
}

/** Leaves out what was already said about the same setting. */
function unlessSaid(said: readonly SettingProblem[], found: SettingProblem[]): SettingProblem[] {
  return found.filter(({ where }) => !said.some((problem) => problem.where === where));
}
