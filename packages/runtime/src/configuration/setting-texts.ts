import { dirname, join } from 'node:path';
import type { NeededBy, SettingCode, SettingProblem } from './setting-problem.ts';
import { AGENT_VARIABLES, FILE_VARIABLE, SETTINGS } from './settings.ts';

/** What a person is told of a problem: `what` goes on after the setting's name, `remedy` says what to do. */
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
        what: `is empty: ${problem.variable} is set, and there is nothing in it`,
        remedy: 'Give it its value, or take it out of the environment.',
      };
    case 'unknown_setting':
      return {
        what: 'is no setting',
        remedy: 'Take it out, or mend its name: docs/configuration.md lists the settings.',
      };
    case 'invalid':
      return { what: problem.rule, remedy: remedyOf(where) };
    case 'sealed_with_another_key':
      return {
        what: 'was sealed with another store.key, or is damaged',
        remedy: 'Set the store.key that it was sealed with, or write the secret itself in its place.',
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
      return { what: 'is no list of sections', remedy: 'See docs/configuration.md for its form.' };
    case 'secret_file_exposed':
      return {
        what: `is read from ${problem.file}, which others than its owner may use`,
        remedy: `Run: chmod 600 ${problem.file}`,
      };
    case 'secret_file_unreadable':
      return {
        what: `is to be read from ${problem.file}, which cannot be read`,
        remedy: 'Check the path and who may read the file.',
      };
    case 'unknown_worker':
      return {
        what: 'is not in workers.list',
        remedy: `Write one of ${problem.known.join(', ')}, or add the worker to workers.list.`,
      };
    case 'signature_without_secret':
      return {
        what: 'is required, and there is no secret to check it with',
        remedy: remedyOf('webhook.signatureSecrets'),
      };
    case 'insecure_beyond_loopback':
      return {
        what: `is for a trial on this machine only, and webhook.host is ${problem.host}`,
        remedy: 'Set HIGRESS_API_KEY and take webhook.insecure out, or listen on 127.0.0.1.',
      };
    case 'folder_unwritable': {
      const { folder, isFolder } = problem;
      return {
        what: `${isFolder ? 'is' : 'is to be in'} ${folder}, where this process cannot write`,
        remedy: `Make the folder and let the user of this process write there: mkdir -p ${folder}`,
      };
    }
    case 'unknown_alias':
      return {
        what: `names ${problem.alias}, which MinIO's client does not know here`,
        remedy: `Run: mc alias set ${problem.alias} <address of the storage> <access key> <secret key>. Or set ADAPTER_STORAGE_ENDPOINT, ADAPTER_STORAGE_ACCESS_KEY and ADAPTER_STORAGE_SECRET_KEY.`,
      };
    case 'port_taken':
      return {
        what: `is taken: another process listens on ${problem.host}:${problem.port}`,
        remedy: `Set ${problem.variable} or ${where} to a free one; 0 takes any.`,
      };
    case 'port_forbidden':
      return {
        what: 'may not be listened on by this user',
        remedy: `Set ${problem.variable} or ${where} to one above 1023.`,
      };
    case 'foreign_host':
      return {
        what: `is no address of this machine: ${problem.host}`,
        remedy: `Set ${problem.variable} or ${where} to an address of this machine.`,
      };
    case 'invalid_network':
      return {
        what: 'is no address or network',
        remedy: 'Write an address such as 10.0.0.7, or a network such as 10.0.0.0/8.',
      };
    case 'invalid_proxy':
      return {
        what: 'is no address of a proxy',
        remedy: 'Write it as http://host:port, or take it out of the environment.',
      };
    case 'proxy_unsupported':
      return {
        what: `is set, and Node ${problem.nodeVersion} cannot use it`,
        remedy: 'Run Node 24.14 or newer, or take it out of the environment.',
      };
    case 'log_file_unwritable': {
      const folder = join(dirname(problem.file), '.');
      return {
        what: `is ${problem.file}, which cannot be written (${problem.reason})`,
        remedy: `Name a file in a folder where this process may write, such as ${folder}/adapter.log, and make the folder: mkdir -p ${folder}`,
      };
    }
    case 'wrong_store_key':
      return {
        what: `does not open ${problem.file}, which was written with another one`,
        remedy: `${problem.remedy}.`,
      };
    case 'invalid_repository_host':
      return { what: 'names a host that cannot be used', remedy: `${problem.problem}.` };
    case 'unprotected_path':
      return { what: 'names a path that is not protected', remedy: `${problem.problem}.` };
    case 'console_missing':
      return {
        what: `is ${problem.folder}, where no index.html lies`,
        remedy:
          'Set it to the folder of a built console, or leave it out for the one that comes with this release.',
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

const MEND_FILE = `Mend the file, or set ${FILE_VARIABLE} to the right one.`;

function missingText(where: string, neededBy: NeededBy | undefined): SettingText {
  switch (neededBy) {
    case 'webhooks':
      return {
        what: 'is missing: no webhook could be told from a forged one',
        remedy: `${remedyOf(where)} For a trial on this machine alone, write insecure: true under webhook.`,
      };
    case 'operators':
      return {
        what: 'is missing: no operator could be told from a stranger',
        remedy:
          'Run `agrenting-hiclaw admin token --role operator --name <you>`: it shows a token once, and writes its hash into the configuration file.',
      };
    case 'delegation':
      return { what: 'is missing, and manager.delegates is on', remedy: remedyOf(where) };
    case undefined:
      break;
  }
  if (where === 'agents') return { what: 'names no agent', remedy: remedyOf(where) };
  if (where === 'workers') {
    const help = remedyOf('workers.registryFile').replace(/\.$/, '');
    return { what: 'names no worker', remedy: `${help}. Or list the workers under workers.list.` };
  }
  return { what: 'is missing', remedy: remedyOf(where) };
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
