import { readFile } from 'node:fs/promises';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { givenSecret } from '../configuration/given-secret.ts';
import { parseEnvFile } from './env-file.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

export interface SetupOptions extends CommonOptions {
  readonly hiclawEnv?: string | undefined;
  readonly admin?: string | undefined;
  readonly account?: string | undefined;
  readonly mc?: string | undefined;
  readonly mcAlias?: string | undefined;
  readonly workers?: string | undefined;
  readonly manager?: boolean | undefined;
  readonly sessionFiles?: boolean | undefined;
  readonly verify?: boolean | undefined;
  readonly verifySeconds?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly undo?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/**
 * The environment with the variables of HiClaw's own installation laid under it, under the names of either generation
 * (HiClaw reference, 1.3). Its file holds the passwords that set-up needs once.
 */
export async function setupEnvironment(
  { environment, folder }: Terminal,
  { hiclawEnv }: SetupOptions,
): Promise<Readonly<Record<string, string | undefined>>> {
  const installed = hiclawEnv === undefined ? {} : parseEnvFile(await readInstallation(hiclawEnv, folder));
  const merged: Record<string, string | undefined> = { ...installed, ...environment };
  for (const [name, value] of Object.entries(merged)) {
    if (name.startsWith('AGENTTEAMS_')) merged[`HICLAW_${name.slice('AGENTTEAMS_'.length)}`] ??= value;
  }
  return merged;
}

async function readInstallation(file: string, folder: string): Promise<string> {
  return await readFile(file.startsWith('/') ? file : `${folder}/${file}`, 'utf8').catch(() => {
    throw new CommandError(EXIT.usage, `${file} cannot be read`, 'Correct --hiclaw-env.');
  });
}

export interface AdminAccess {
  readonly name: string;
  readonly password: string;
}

/** The admin of this HiClaw, who can invite us; undefined when its password was not given. */
export async function adminAccess(
  environment: Readonly<Record<string, string | undefined>>,
  { admin }: SetupOptions,
): Promise<AdminAccess | undefined> {
  const password = await givenSecret({ environment }, ['HICLAW_ADMIN_PASSWORD']);
  return password === undefined
    ? undefined
    : { name: admin ?? environment['HICLAW_ADMIN_USER'] ?? 'admin', password };
}

/** A program and its first arguments, as a JSON list or as words; never given to a shell. */
export function commandWords(text: string): [string, ...string[]] {
  const words: unknown = text.trimStart().startsWith('[') ? JSON.parse(text) : text.trim().split(/\s+/);
  if (Array.isArray(words) && words.every((word): word is string => typeof word === 'string')) {
    const [program, ...more] = words;
    if (program !== undefined && program !== '') return [program, ...more];
  }
  throw new CommandError(
    EXIT.usage,
    '--mc is no program with arguments',
    'Write it as "docker exec -i hiclaw-manager mc".',
  );
}
