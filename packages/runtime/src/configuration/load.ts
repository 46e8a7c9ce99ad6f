import { open, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ConfigurationProblem } from './problem.ts';
import { configurationSchema, type Configuration } from './schema.ts';
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

/**
 * Reads the configuration file that `ADAPTER_CONFIG` names, if any, lays the environment over it, reads
 * the secrets that are given as files, and checks all of it at once.
 */
export async function loadConfiguration(environment: Environment): Promise<LoadedConfiguration> {
  const problems: ConfigurationProblem[] = [];
  return await checkConfiguration(await readConfigurationFile(environment, problems), environment, problems);
}

/** The same for a configuration that is at hand instead of in a file. */
export async function checkConfiguration(
  given: Readonly<Raw>,
  environment: Environment,
  problems: ConfigurationProblem[] = [],
): Promise<LoadedConfiguration> {
  const raw = { ...given };
  for (const name of NEEDED_SECTIONS) raw[name] ??= {};
  for (const setting of SETTINGS) await overlay(raw, setting, environment, problems);
  await overlayAgents(raw, environment, problems);

  const parsed = configurationSchema.safeParse(raw);
  if (!parsed.success) problems.push(...unlessSaid(problems, parsed.error.issues.flatMap(problemsOf)));
  if (!parsed.success || problems.length > 0) return { kind: 'problems', problems };
  return { kind: 'loaded', configuration: parsed.data };
}

async function readConfigurationFile(
  environment: Environment,
  problems: ConfigurationProblem[],
): Promise<Raw> {
  const file = environment[FILE_VARIABLE];
  if (file === undefined || file === '') return {};
  try {
    const parsed = section.nullable().safeParse(parse(await readFile(file, 'utf8')));
    if (parsed.success) return { ...parsed.data };
    problems.push({
      where: file,
      what: 'is no list of sections',
      remedy: 'See docs/configuration.md for its form.',
    });
  } catch (error) {
    const what = error instanceof Error ? `cannot be read: ${error.message}` : 'cannot be read';
    problems.push({ where: file, what, remedy: `Mend the file, or set ${FILE_VARIABLE} to the right one.` });
  }
  return {};
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
  if (value !== undefined && value !== '') {
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
  if (single['key'] !== undefined) {
    if (environment[variable.id]) single['id'] = environment[variable.id];
    if (environment[variable.worker]) single['worker'] = environment[variable.worker];
    raw['agents'] = [single];
    return;
  }
  const listed = z.array(section).safeParse(raw['agents'] ?? []);
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

function problemsOf(issue: z.core.$ZodIssue): ConfigurationProblem[] {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      where: where === '' ? key : `${where}.${key}`,
      what: 'is no setting',
      remedy: 'Take it out, or mend its name: docs/configuration.md lists the settings.',
    }));
  }
  return [{ where, what: issue.message, remedy: remedyOf(where) }];
}

function remedyOf(where: string): string {
  const known = SETTINGS.find((setting) => setting.path.join('.') === where);
  if (known !== undefined) {
    const file = known.secret ? `, ${known.variable}_FILE` : '';
    return `Set ${known.variable}${file} or ${where} in the configuration file: ${known.help}.`;
  }
  if (where === 'agents') {
    return `Set ${AGENT_VARIABLES.key} to the API key of your agent, or list agents with their keys in the configuration file.`;
  }
  return `See ${where} in docs/configuration.md.`;
}

/** Leaves out what was already said about the same setting. */
function unlessSaid(
  said: readonly ConfigurationProblem[],
  found: ConfigurationProblem[],
): ConfigurationProblem[] {
  return found.filter(({ where }) => !said.some((problem) => problem.where === where));
}
