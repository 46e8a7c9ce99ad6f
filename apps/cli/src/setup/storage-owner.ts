import { createStorageAdmin, PROFILES, type StorageAdmin } from '@agrenting-hiclaw/hiclaw';
import type { Draft } from '../configuration/draft.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { commandWords } from './inputs.ts';

export interface StorageOwnerOptions {
  readonly mc?: string | undefined;
  readonly mcAlias?: string | undefined;
}

/** HiClaw's storage with the rights of its owner; undefined where no client was named. */
export function storageAdminOf(
  { environment }: Terminal,
  draft: Draft,
  { mc, mcAlias = 'hiclaw' }: StorageOwnerOptions,
): StorageAdmin | undefined {
  if (mc === undefined) return undefined;
  const profile = draft.text('hiclaw', 'profile') ?? '1.0';
  const bucket =
    draft.text('storage', 'bucket') ??
    Object.entries(PROFILES).find(([name]) => name === profile)?.[1].bucket;
  if (bucket === undefined)
    throw new CommandError(EXIT.usage, `hiclaw.profile ${profile} is none of 1.0, 1.1, 1.2`);
  const { PATH = '', HOME = '' } = environment;
  // Its own settings, and how to reach the container that it may be in.
  const passed = Object.entries(environment).flatMap(([name, value]) =>
    (name.startsWith('MC_') || name === 'DOCKER_HOST') && value !== undefined ? [[name, value] as const] : [],
  );
  return createStorageAdmin({
    command: commandWords(mc),
    alias: mcAlias,
    bucket,
    environment: { PATH, HOME, ...Object.fromEntries(passed) },
  });
}
