import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `webhook ...`. */
export function registerWebhookCommands(program: Command, terminal: Terminal): void {
  const webhook = program.command('webhook').description('The bridge, as the marketplace reaches it.');
  webhook
    .command('test')
    .description(
      'Send the bridge a trial delivery as the marketplace would, and say what became of it; it is never a hiring.',
    )
    .option('--url <url>', 'there, with the key of this configuration (default: the bridge on this machine)')
    .option('--agent <agent>', 'to the callback URL in the listing of this agent')
    .action(run(async (options) => await (await import('./test-webhook.ts')).testWebhook(terminal, options)));
}
