import type { Command } from 'commander';

/** Takes the options of a command that prints a part of a long list. */
export function paged(command: Command): Command {
  return command
    .option('--limit <n>', 'number of entries, at most 1000', '20')
    .option('--cursor <cursor>', 'continue after the previous page');
}

/** Takes the options of a command that works in the storage of HiClaw with the rights of its owner. */
export function withOwnersClient(command: Command): Command {
  return command
    .option(
      '--mc <command>',
      'MinIO client with the rights of the owner, as "docker exec -i hiclaw-manager mc"',
    )
    .option('--mc-alias <name>', "the client's name for HiClaw's storage (default: as this HiClaw calls it)");
}
