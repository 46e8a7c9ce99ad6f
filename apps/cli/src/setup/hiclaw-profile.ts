import { controllerCommandOf } from '@agrenting-hiclaw/hiclaw';
import { detectProfile, type DetectedProfile } from '@agrenting-hiclaw/hiclaw/setup';
import type { ConfigFile } from '@agrenting-hiclaw/operations';
import type { Terminal } from '../terminal/terminal.ts';
import { lifecycleDraft } from './controller.ts';
import { ownersClient, type StorageOwnerOptions } from './storage-owner.ts';

/** Looks which HiClaw this is, as far as what is given shows it. */
export async function lookForProfile(
  terminal: Pick<Terminal, 'environment'>,
  draft: ConfigFile,
  options: StorageOwnerOptions,
): Promise<DetectedProfile> {
  const lifecycle = lifecycleDraft(draft);
  const command =
    lifecycle?.driver === 'cli' ? controllerCommandOf(lifecycle.command.at(-1) ?? '') : undefined;
  return await detectProfile({
    list:
      options.mc === undefined
        ? undefined
        : async (alias, bucket) =>
            await ownersClient(terminal, options, alias, draft.text('storage', 'bucket') ?? bucket)?.names(
              '',
            ),
    controller: lifecycle?.driver === 'rest' ? 'rest' : command,
  });
}
