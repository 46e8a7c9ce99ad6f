import { dirname, join } from 'node:path';
import type { NeededBy, SettingCode, SettingProblem } from './setting-problem.ts';
import { AGENT_VARIABLES } from './setting-facts.ts';
import { FILE_VARIABLE, SETTINGS } from './settings.ts';

/** The text of a problem: `what` follows the setting's name, `remedy` says what to do. */
export interface SettingText {
  readonly what: string;
  readonly remedy: string;
}

/** The problem in words. */
export function settingText(problem: SettingProblem): SettingText {
  const { where } = problem;
  switch (problem.code) {
    case 'missing':
      return missingText(where, problem.neededBy);
    case 'empty_variable':
      return {
        what: `is empty: ${problem.variable} is set to an empty value`,
        remedy: 'Set a value, or unset the variable.',
      };
    case 'unknown_setting':
      return {
        what: 'is not a setting',
        remedy: 'Remove it, or correct its name: docs/configuration.md lists the settings.',
      };
    case 'invalid':
      return { what: problem.rule, remedy: remedyOf(where) };
    case 'sealed_with_another_key':
      return {
        what: 'was sealed with another store.key or is damaged',
        remedy: 'Set the store.key that it was sealed with, or replace it with the secret itself.',
      };
    case 'file_missing':
      return { what: 'does not exist', remedy: MEND_FILE };
    case 'file_unreadable':
      return {
        what: problem.errno === undefined ? 'cannot be read' : `cannot be read: ${problem.errno}`,
        remedy: MEND_FILE,
      };
    case 'file_not_yaml': {
      const { line, column } = problem;
      const at = line === undefined ? '' : ` at line ${line}, column ${column ?? 1}`;
      return { what: `is no YAML: ${problem.problem}${at}`, remedy: MEND_FILE };
    }
    case 'file_without_sections':
      return { what: 'must be a list of sections', remedy: 'See docs/configuration.md for its form.' };
    case 'secret_file_exposed':
      return {
        what: `is read from ${problem.file}, which other users can access`,
        remedy: `Run: chmod 600 ${problem.file}`,
      };
    case 'secret_file_unreadable':
      return {
        what: `refers to ${problem.file}, which cannot be read`,
        remedy: 'Check the path and who may read the file.',
      };
    case 'unknown_worker':
      return {
        what: 'is not in workers.list',
        remedy: `Write one of ${problem.known.join(', ')}, or add the worker to workers.list.`,
      };
    case 'signature_without_secret':
      return {
        what: 'is required, but no secret is set to verify it',
        remedy: remedyOf('webhook.signatureSecrets'),
      };
    case 'insecure_beyond_loopback':
      return {
        what: `is only for tests on this machine, but webhook.host is ${problem.host}`,
        remedy: 'Set HIGRESS_API_KEY and remove webhook.insecure, or listen on 127.0.0.1.',
      };
    case 'folder_unwritable': {
      const { folder, isFolder } = problem;
      return {
        what: `${isFolder ? 'is' : 'is to be in'} ${folder}, where this process cannot write`,
        remedy: `Create the folder and make it writable for the user of this process: mkdir -p ${folder}`,
      };
    }
    case 'unknown_alias':
      return {
        what: `names ${problem.alias}, which is not configured in the MinIO client`,
        remedy: `Run: mc alias set ${problem.alias} <address of the storage> <access key> <secret key>. Or set ADAPTER_STORAGE_ENDPOINT, ADAPTER_STORAGE_ACCESS_KEY and ADAPTER_STORAGE_SECRET_KEY.`,
      };
    case 'port_taken':
      return {
        what: `is in use: another process listens on ${problem.host}:${problem.port}`,
        remedy: `Set ${problem.variable} or ${where} to a free port; 0 picks any free port.`,
      };
    case 'port_forbidden':
      return {
        what: 'needs privileges that this user does not have',
        remedy: `Set ${problem.variable} or ${where} to a port above 1023.`,
      };
    case 'foreign_host':
      return {
        what: `is not an address of this machine: ${problem.host}`,
        remedy: `Set ${problem.variable} or ${where} to an address of this machine.`,
      };
    case 'invalid_network':
      return {
        what: 'is not an address or network',
        remedy: 'Write an address such as 10.0.0.7, or a network such as 10.0.0.0/8.',
      };
    case 'invalid_proxy':
      return {
        what: 'is not a proxy address',
        remedy: 'Write it as http://host:port, or unset the variable.',
      };
    case 'proxy_unsupported':
      return {
        what: `is set, but Node ${problem.nodeVersion} does not support it`,
        remedy: 'Run Node 24.14 or newer, or unset the variable.',
      };
    case 'log_file_unwritable': {
      const folder = join(dirname(problem.file), '.');
      return {
        what: `is ${problem.file}, which cannot be written (${problem.reason})`,
        remedy: `Choose a file in a writable folder, such as ${folder}/adapter.log, and create the folder: mkdir -p ${folder}`,
      };
    }
    case 'wrong_store_key':
      return {
        what: `does not open ${problem.file}, which was written with another key`,
        remedy: `${problem.remedy}.`,
      };
    case 'invalid_repository_host':
      return { what: 'names a host that cannot be used', remedy: `${problem.problem}.` };
    case 'unprotected_path':
      return { what: 'names a path that is not protected', remedy: `${problem.problem}.` };
    case 'console_missing':
      return {
        what: `is ${problem.folder}, which has no index.html`,
        remedy: 'Set it to the folder of a built console, or omit it to use the console of this release.',
      };
  }
}

/** The problem with its code and its words, for a program that shows it. */
export function spelledOut(problem: SettingProblem): SettingText & { where: string; code: SettingCode } {
  return { where: problem.where, code: problem.code, ...settingText(problem) };
}

/** All problems at once, as text for a person. */
export function describeProblems(name: string, problems: readonly SettingProblem[]): string {
  const count = problems.length === 1 ? '1 setting needs' : `${problems.length} settings need`;
  return `${name} cannot start: ${count} attention.\n\n${listProblems(problems)}\n`;
}

/** A problem and its remedy on two lines each. */
export function listProblems(problems: readonly SettingProblem[]): string {
  return problems
    .map((problem) => {
      const { what, remedy } = settingText(problem);
      return `  ${problem.where} ${what}\n      ${remedy}`;
    })
    .join('\n');
}

const MEND_FILE = `Correct the file, or set ${FILE_VARIABLE} to the right file.`;

function missingText(where: string, neededBy: NeededBy | undefined): SettingText {
  switch (neededBy) {
    case 'webhooks':
      return {
        what: 'is missing: forged webhooks could not be detected',
        remedy: `${remedyOf(where)} For tests on this machine only, set webhook.insecure: true.`,
      };
    case 'operators':
      return {
        what: 'is missing: operators could not be authenticated',
        remedy:
          'Run `agrenting-hiclaw admin token --role operator --name <you>`: it prints a token once and writes its hash to the configuration file.',
      };
    case 'delegation':
      return { what: 'is missing, but manager.delegates is on', remedy: remedyOf(where) };
    case undefined:
      break;
  }
  if (where === 'agents') return { what: 'names no agent', remedy: remedyOf(where) };
  if (where === 'workers') {
    const help = remedyOf('workers.registryFile').replace(/\.$/, '');
    return { what: 'has no workers', remedy: `${help}. Or list the workers under workers.list.` };
  }
  return { what: 'is missing', remedy: remedyOf(where) };
}

/** What to write for settings that have no variable, by the end of their name. */
const REMEDIES: readonly (readonly [where: RegExp, remedy: string])[] = [
  [/^agents\.\d+\.id$/, "Set the agent's UUID, or omit it to have it read from the marketplace."],
  [/^agents\.\d+\.key$/, "Set the agent's own API key, or set keyFile to a file that holds it."],
  [/^agents\.\d+\.worker$/, 'Set the name of the worker of this agent.'],
  [/^workers\.list\b/, 'Set name, userId and roomId of each worker in workers.list.'],
  [/^lifecycle\.driver$/, 'Set driver: script with a command, or driver: none.'],
  [/^timing\b/, 'Set a number of seconds, or omit it.'],
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
  return other ?? `See the section ${name} in docs/configuration.md.`;
}
