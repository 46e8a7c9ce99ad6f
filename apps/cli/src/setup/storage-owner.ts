import { DEFAULT_HICLAW_PROFILE, type HiclawProfile } from '@agrenting-hiclaw/core/domain';
import { PROFILES } from '@agrenting-hiclaw/hiclaw';
import { createStorageAdmin, type StorageAdmin } from '@agrenting-hiclaw/hiclaw/setup';
import type { ConfigFile } from '@agrenting-hiclaw/operations';
import { draftProfile } from '../configuration/config-file-profile.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { commandWords } from './inputs.ts';

export interface StorageOwnerOptions {
  readonly mc?: string | undefined;
  readonly mcAlias?: string | undefined;
}

/** HiClaw's storage with the rights of its owner; undefined where no client was named. */
export function storageAdminOf(
  terminal: Pick<Terminal, 'environment'>,
  draft: ConfigFile,
  options: StorageOwnerOptions,
  profile: HiclawProfile = draftProfile(draft) ?? DEFAULT_HICLAW_PROFILE,
): StorageAdmin | undefined {
  const { bucket, storageAlias } = PROFILES[profile];
  return ownersClient(terminal, options, storageAlias, draft.text('storage', 'bucket') ?? bucket);
}

/** The same for a bucket that need not be there. */
export function ownersClient(
  { environment }: Pick<Terminal, 'environment'>,
  { mc, mcAlias }: StorageOwnerOptions,
  storageAlias: string,
  bucket: string,
): StorageAdmin | undefined {
  if (mc === undefined) return undefined;
  const { PATH = '', HOME = '' } = environment;
  // Its own settings, and how to reach the container that it may be in.
  const passed = Object.entries(environment).flatMap(([name, value]) =>
    (name.startsWith('MC_') || name === 'DOCKER_HOST') && value !== undefined ? [[name, value] as const] : [],
  );
  return createStorageAdmin({
    command: commandWords(mc),
    alias: mcAlias ?? storageAlias,
    bucket,
    environment: { PATH, HOME, ...Object.fromEntries(passed) },
  });
}
