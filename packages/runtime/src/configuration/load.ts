import { open, readFile } from 'node:fs/promises';
import { isLoopback } from '@agrenting-hiclaw/core/base-url';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { parseDocument, visit, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { fillFromAlias } from './minio-alias.ts';
import type { ConfigurationProblem } from './problem.ts';
import { configurationSchema, type Configuration } from './schema.ts';
import { isSealed, unseal } from './sealed-secret.ts';
import { problemsAround } from './surroundings.ts';
import { AGENT_VARIABLES, FILE_VARIABLE, SETTINGS, type Setting } from './settings.ts';

/** The configuration, or everything that is wrong with it. */
export type LoadedConfiguration =
  | { readonly kind: 'loaded'; readonly configuration: Configuration }
  | { readonly kind: 'problems'; readonly problems: readonly ConfigurationProblem[] };

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
  const unreadable: ConfigurationProblem[] = [];
  const given = await readConfigurationFile(environment, unreadable);
  const loaded = await checkConfiguration(given, environment, needs);
  if (unreadable.length > 0) {
    // What is missing may well be in the file that could not be read.
    const others = loaded.kind === 'problems' ? loaded.problems.filter((problem) => !isMissing(problem)) : [];
    return { kind: 'problems', problems: [...unreadable, ...others] };
  }
  if (loaded.kind === 'problems') return loaded;
  const problems = await problemsAround(loaded.configuration);
  return problems.length === 0 ? loaded : { kind: 'problems', problems };
}

const MISSING = /^(?:is missing|names no agent|names no worker)/;

function isMissing({ what }: ConfigurationProblem): boolean {
  return MISSING.test(what);
}

/** The same for a configuration that is at hand instead of in a file. */
export async function checkConfiguration(
  given: Readonly<Raw>,
  environment: Environment,
  needs: Needs = {},
): Promise<LoadedConfiguration> {
  const problems: ConfigurationProblem[] = [];
  const raw = { ...given };
  for (const name of NEEDED_SECTIONS) raw[name] ??= {};
  for (const setting of SETTINGS) await overlay(raw, setting, environment, problems);
  const storage = section.safeParse(raw['storage']).data;
  if (storage !== undefined) raw['storage'] = await fillFromAlias(storage, environment, problems);
  await overlayAgents(raw, environment, problems);
  openSealed(raw, problems);

  const parsed = configurationSchema.safeParse(raw);
  if (!parsed.success) problems.push(...unlessSaid(problems, parsed.error.issues.flatMap(problemsOf)));
  problems.push(...unlessSaid(problems, problemsOfWorkers(raw)));
  problems.push(...unlessSaid(problems, problemsOfManager(raw)));
  if (needs.webhook === true) problems.push(...unlessSaid(problems, problemsOfWebhook(raw)));
  if (needs.admin === true) problems.push(...unlessSaid(problems, problemsOfAdmin(raw)));
  if (!parsed.success || problems.length > 0) return { kind: 'problems', problems };
  return { kind: 'loaded', configuration: parsed.data };
}

/** Opens the secrets that were sealed with the key of the store. */
function openSealed(raw: Raw, problems: ConfigurationProblem[]): void {
  const { key } = section.safeParse(raw['store']).data ?? {};
  if (typeof key !== 'string') return;
  const storeKey = new Secret(key);
  const open = (value: unknown, where: string): unknown => {
    if (typeof value === 'string' && isSealed(value)) {
      const opened = unseal(value, storeKey);
      if (opened !== undefined) return opened;
      const what = 'was sealed with another store.key, or is damaged';
      const remedy = 'Set the store.key that it was sealed with, or write the secret itself in its place.';
      problems.push({ where, what, remedy });
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

async function readConfigurationFile(
  environment: Environment,
  problems: ConfigurationProblem[],
): Promise<Raw> {
  const file = environment[FILE_VARIABLE];
  if (file === undefined || file === '') return {};
  try {
    const parsed = section.nullable().safeParse(settingsIn(await readFile(file, 'utf8')));
    if (parsed.success) return { ...parsed.data };
    problems.push({
      where: file,
      what: 'is no list of sections',
      remedy: 'See docs/configuration.md for its form.',
    });
  } catch (error) {
    problems.push({
      where: file,
      what: whyUnreadable(error),
      remedy: `Mend the file, or set ${FILE_VARIABLE} to the right one.`,
    });
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
function whyUnreadable(error: unknown): string {
  if (error instanceof YAMLParseError) {
    const place = error.linePos?.[0];
    const where = place === undefined ? '' : ` at line ${place.line}, column ${place.col}`;
    return `is no YAML: ${error.code.toLowerCase().replaceAll('_', ' ')}${where}`;
  }
  return error instanceof Error && 'code' in error
    ? `cannot be read: ${String(error.code)}`
    : 'cannot be read';
}

async function overlay(
  raw: Raw,
  setting: Setting,
  environment: Environment,
  problems: ConfigurationProblem[],
): Promise<void> {
  const [sectionName, name] = setting.path;
  const given = section.safeParse(raw[sectionName] ?? {});
  if (!given.success) return;
  const values: Section = { ...given.data };
  const value = environment[setting.variable];
  if (value === '' && setting.secret) {
    // Taken as not set, it would switch off what it guards, and nobody would be told.
    const what = `is empty: ${setting.variable} is set, and there is nothing in it`;
    problems.push({
      where: setting.path.join('.'),
      what,
      remedy: `Give it its value, or take it out of the environment.`,
    });
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
  problems: ConfigurationProblem[],
): Promise<void> {
  const path = fileFromEnvironment ?? values[`${name}File`];
  if (typeof path !== 'string' || path === '') return;
  try {
    const file = await open(path, 'r');
    try {
      // The open file is asked, not the path, which might name another file by then.
      const { mode } = await file.stat();
      if (isPrivate && (mode & 0o077) !== 0) {
        const what = `is read from ${path}, which others than its owner may use`;
        problems.push({ where, what, remedy: `Run: chmod 600 ${path}` });
      } else {
        values[name] = (await file.readFile('utf8')).trim();
      }
    } finally {
      await file.close();
    }
  } catch {
    const what = `is to be read from ${path}, which cannot be read`;
    problems.push({ where, what, remedy: 'Check the path and who may read the file.' });
  }
}

interface SecretFile {
  readonly name: string;
  readonly where: string;
  readonly fileFromEnvironment?: string | undefined;
  readonly isPrivate?: boolean;
}

async function overlayAgents(
  raw: Raw,
  environment: Environment,
  problems: ConfigurationProblem[],
): Promise<void> {
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

/** Whether it is one, the marketplace is asked: one that it does not take is told of, and used for nothing else. */
function takeAsUserToken(raw: Raw, key: unknown): void {
  const marketplace = section.safeParse(raw['marketplace'] ?? {}).data;
  if (marketplace !== undefined) raw['marketplace'] = { userToken: key, ...marketplace };
}

/** Nobody would be there to do the work: that is said before somebody has paid for it (design, section 4). */
function problemsOfWorkers(raw: Raw): ConfigurationProblem[] {
  const workers = section.safeParse(raw['workers'] ?? {}).data ?? {};
  const { list = [], registryFile } = workers;
  const listed = z.array(section).safeParse(list);
  if (!listed.success || registryFile !== undefined) return [];
  if (listed.data.length === 0) {
    const help = remedyOf('workers.registryFile').replace(/\.$/, '');
    const what = 'names no worker';
    return [{ where: 'workers', what, remedy: `${help}. Or list the workers under workers.list.` }];
  }
  const names = listed.data.map(({ name }) => name);
  const agents = z.array(section).safeParse(raw['agents'] ?? []).data ?? [];
  return agents.flatMap(({ worker }, index) =>
    worker === undefined || names.includes(worker)
      ? []
      : [
          {
            where: `agents.${index}.worker`,
            what: 'is none of workers.list',
            remedy: `Write one of ${names.map(String).join(', ')}, or add the worker to workers.list.`,
          },
        ],
  );
}

/** Whoever delegates needs to know to whom, and where. */
function problemsOfManager(raw: Raw): ConfigurationProblem[] {
  const manager = section.safeParse(raw['manager'] ?? {}).data ?? {};
  if (manager['delegates'] !== true) return [];
  return ['userId', 'roomId'].flatMap((name) =>
    isGiven(manager[name])
      ? []
      : [
          {
            where: `manager.${name}`,
            what: 'is missing, and manager.delegates is on',
            remedy: remedyOf(`manager.${name}`),
          },
        ],
  );
}

/** Without a key anybody could send work to the workers, so none means that nothing starts (design, rule 9). */
function problemsOfWebhook(raw: Raw): ConfigurationProblem[] {
  const { host, keys, insecure, signature, signatureSecrets } =
    section.safeParse(raw['webhook'] ?? {}).data ?? {};
  const signed = isGiven(signatureSecrets);
  if (signature === 'required' && !signed) {
    const what = 'is required, and there is no secret to check it with';
    return [{ where: 'webhook.signature', what, remedy: remedyOf('webhook.signatureSecrets') }];
  }
  const listensAt = typeof host === 'string' ? host : '127.0.0.1';
  if (insecure === true && !isLoopback(listensAt)) {
    const what = `is for a trial on this machine only, and webhook.host is ${listensAt}`;
    const remedy = 'Set HIGRESS_API_KEY and take webhook.insecure out, or listen on 127.0.0.1.';
    return [{ where: 'webhook.insecure', what, remedy }];
  }
  const guarded = isGiven(keys) || (signed && (signature ?? 'required') === 'required');
  if (guarded || insecure === true) return [];
  const remedy = `${remedyOf('webhook.keys')} For a trial on this machine alone, write insecure: true under webhook.`;
  return [{ where: 'webhook.keys', what: 'is missing: no webhook could be told from a forged one', remedy }];
}

/** Whoever comes with no token of the list is a stranger, so an empty list lets nobody in: nothing starts. */
function problemsOfAdmin(raw: Raw): ConfigurationProblem[] {
  const { tokens } = section.safeParse(raw['admin'] ?? {}).data ?? {};
  if (isGiven(tokens)) return [];
  return [
    {
      where: 'admin.tokens',
      what: 'is missing: no operator could be told from a stranger',
      remedy:
        'Run `agrenting-hiclaw admin token --role operator --name <you>`: it shows a token once, and writes its hash into the configuration file.',
    },
  ];
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === 'string' && value.trim() !== '';
}

function problemsOf(issue: z.core.$ZodIssue): ConfigurationProblem[] {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      where: where === '' ? key : `${where}.${key}`,
      what: 'is no setting',
      remedy: 'Take it out, or mend its name: docs/configuration.md lists the settings.',
    }));
  }
  return [{ where, what: inWords(issue), remedy: remedyOf(where) }];
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'must be settings with names, one a line below it',
  array: 'must be a list',
  string: 'must be a text',
  number: 'must be a number',
  boolean: 'must be true or false',
};

/** What zod would say in its own words about types and bounds. */
function inWords(issue: z.core.$ZodIssue): string {
  if (!/^(?:Invalid|Too )/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('undefined')
        ? 'is missing'
        : (KINDS[issue.expected] ?? `must be of the kind ${issue.expected}`);
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return 'is none of those that there are';
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return 'is not usable';
  }
}

/** What to write for settings that have no variable, by the end of their name. */
const REMEDIES: readonly (readonly [where: RegExp, remedy: string])[] = [
  [
    /^agents\.\d+\.id$/,
    "Write the agent's UUID, or leave the line out: then the marketplace is asked for it.",
  ],
  [/^agents\.\d+\.key$/, "Write the agent's own API key, or name a file that holds it as keyFile."],
  [/^agents\.\d+\.worker$/, 'Write the name of the worker that does the work of this agent.'],
  [/^workers\.list\b/, 'Write name, userId and roomId of each worker under workers.list.'],
  [/^lifecycle\.driver$/, 'Write driver: script with a command, or driver: none.'],
  [/^timing\b/, 'Write a number of seconds, or leave the line out.'],
];

function remedyOf(where: string): string {
  const known = SETTINGS.find((setting) => setting.path.join('.') === where);
  if (known !== undefined) {
    const file = known.secret ? `, ${known.variable}_FILE` : '';
    return `Set ${known.variable}${file} or ${where} in the configuration file: ${known.help}.`;
  }
  if (where === 'agents') {
    return `Set ${AGENT_VARIABLES.key} to the API key of your agent, or list agents with their keys in the configuration file; \`agrenting-hiclaw register\` makes one and keeps its key.`;
  }
  const other = REMEDIES.find(([pattern]) => pattern.test(where))?.[1];
  const [name = where] = where.split('.');
  return other ?? `Write it as the section ${name} shows in docs/configuration.md.`;
}

/** Leaves out what was already said about the same setting. */
function unlessSaid(
  said: readonly ConfigurationProblem[],
  found: ConfigurationProblem[],
): ConfigurationProblem[] {
  return found.filter(({ where }) => !said.some((problem) => problem.where === where));
}
