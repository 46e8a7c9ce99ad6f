import { createHash } from 'node:crypto';
import {
  ConfigFile,
  DEPENDENCIES,
  runChecks,
  failed,
  type Finding,
  ok,
  privateFilesOf,
} from '@agrenting-hiclaw/operations';
import { counted } from '@agrenting-hiclaw/core/domain';
import type { ObjectStore } from '@agrenting-hiclaw/hiclaw';
import { loadConfiguration, settingText } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { configurationEnvironment } from '../configuration/loaded.ts';
import { storageAdminOf, type StorageOwnerOptions } from '../setup/storage-owner.ts';
import { mark, printJson } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';

export interface DoctorOptions extends CommonOptions, StorageOwnerOptions {
  readonly start?: boolean | undefined;
  /** Only what failed, or should be different. */
  readonly problems?: boolean | undefined;
}

interface Result {
  readonly name: string;
  readonly finding: Finding;
}

/** Looks at everything that has to be right for a hiring to be done and paid, and says of each what to do. */
export async function doctor(terminal: Terminal, options: DoctorOptions): Promise<void> {
  const results: Result[] = [];
  const note = (name: string, finding: Finding): void => {
    results.push({ name, finding });
    if (options.json !== true && isShown(finding, options)) printFinding(terminal, name, finding);
  };
  const loaded = await loadConfiguration(configurationEnvironment(terminal, options));
  if (loaded.kind === 'problems') {
    for (const problem of loaded.problems) {
      const { what, remedy } = settingText(problem);
      note('configuration', failed(`${problem.where} ${what}`, remedy));
    }
  } else {
    note('configuration', ok('all settings are valid'));
    await runChecks({
      configuration: loaded.configuration,
      environment: terminal.environment,
      privateFiles: await privateFilesOf(configurationFile(terminal, options), terminal.environment),
      start: options.start === true,
      settings: await ownersEyes(terminal, options),
      stop: terminal.stop,
      note,
    });
  }

  const count = (status: Finding['status']): number =>
    results.filter(({ finding }) => finding.status === status).length;
  const [failures, warnings, skippedChecks] = [count('failed'), count('warning'), count('skipped')];
  if (options.json === true) {
    const checks = results.map(({ name, finding }) => Object.assign({ name }, finding));
    printJson(terminal, { checks, failed: failures, warnings, skipped: skippedChecks });
  } else {
    if (options.problems !== true) printNotMade(terminal, results);
    terminal.print(
      `\n${count('ok')} passed, ${counted(warnings, 'warning')}, ${failures} failed, ${skippedChecks} skipped\n`,
    );
  }
  if (failures === 0) return;
  const areAway = results.every(({ finding }) => finding.status !== 'failed' || finding.away !== undefined);
  const exitCode = loaded.kind === 'problems' ? EXIT.usage : areAway ? EXIT.unavailable : EXIT.failed;
  throw new CommandError(exitCode, `${counted(failures, 'check')} failed`);
}

/** What was not looked at because something else is away is said together, behind the rest. */
function isShown(finding: Finding, { problems }: DoctorOptions): boolean {
  if (problems === true) return finding.status === 'failed' || finding.status === 'warning';
  return finding.status !== 'skipped' || finding.away === undefined;
}

const NAMES_SHOWN = 3;

function printNotMade(terminal: Terminal, results: readonly Result[]): void {
  for (const dependency of DEPENDENCIES) {
    const names = results
      .filter(({ finding }) => finding.status === 'skipped' && finding.away === dependency)
      .map(({ name }) => name);
    if (names.length === 0) continue;
    const more = names.length > NAMES_SHOWN ? `, and ${names.length - NAMES_SHOWN} more` : '';
    terminal.print(
      `${mark(terminal, 'skipped')} ${counted(names.length, 'check')} not made, because the ${dependency} cannot be used: ${names.slice(0, NAMES_SHOWN).join(', ')}${more}\n`,
    );
  }
}

/** The storage with the owner's rights, where they were given. */
async function ownersEyes(
  terminal: Terminal,
  options: DoctorOptions,
): Promise<Pick<ObjectStore, 'get'> | undefined> {
  if (options.mc === undefined) return undefined;
  const draft = await ConfigFile.read(configurationFile(terminal, options));
  const owner = storageAdminOf(terminal, draft, options);
  if (owner === undefined) return undefined;
  return {
    async get(key) {
      const read = await owner.read(key);
      if (read.kind !== 'done') return { kind: 'refused', problem: read.problem };
      const bytes = Buffer.from(read.output);
      return { kind: 'object', bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    },
  };
}

function printFinding(terminal: Terminal, name: string, finding: Finding): void {
  terminal.print(`${mark(terminal, finding.status)} ${name}: ${finding.detail}\n`);
  if ('remedy' in finding) terminal.print(`    ${finding.remedy}\n`);
}
