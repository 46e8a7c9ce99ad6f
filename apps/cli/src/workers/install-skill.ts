import { workerSettingsKey } from '@agrenting-hiclaw/hiclaw';
import { ConfigFile } from '@agrenting-hiclaw/operations';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { storageAdminOf } from '../setup/storage-owner.ts';
import { SKILL_NAME, skillFiles } from '../skill-files.ts';
import { mark, printJson } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';

export interface InstallSkillOptions extends CommonOptions {
  readonly mc?: string | undefined;
  readonly mcAlias?: string | undefined;
}

/** Puts the skill for Agrenting tasks among a worker's own, where every runtime takes it from (HiClaw reference, 5). */
export async function installSkill(
  terminal: Terminal,
  name: string,
  options: InstallSkillOptions,
): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
    throw new CommandError(EXIT.usage, `${name} is not a worker name`);
  const draft = await ConfigFile.read(configurationFile(terminal, options));
  const storage = storageAdminOf(terminal, draft, options);
  if (storage === undefined) {
    throw new CommandError(
      EXIT.usage,
      'cannot write to storage',
      'Pass --mc, such as "docker exec -i hiclaw-manager mc".',
    );
  }
  // A folder without settings is no worker's.
  const settings = await storage.read(workerSettingsKey(name));
  if (settings.kind === 'failed')
    throw new CommandError(EXIT.failed, settings.problem, `Is ${name} a worker of this HiClaw?`);
  const written: string[] = [];
  for (const [path, text] of await skillFiles()) {
    const key = `agents/${name}/skills/${SKILL_NAME}/${path}`;
    const outcome = await storage.write(key, text);
    if (outcome.kind === 'failed') throw new CommandError(EXIT.failed, outcome.problem);
    written.push(key);
  }
  if (options.json === true) return printJson(terminal, { worker: name, written });
  for (const key of written) terminal.print(`${mark(terminal, 'ok')} ${key}\n`);
  terminal.print(`\n${name} loads it within minutes, or when it is restarted.\n`);
}
