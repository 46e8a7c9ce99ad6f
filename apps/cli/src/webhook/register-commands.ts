import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `webhook ...`. */
export function registerWebhookCommands(program: Command, terminal: Terminal): void {
  const webhook = program.command('webhook').description('The webhook bridge.');
  webhook
    .command('test')
    .description('Send a test delivery to the bridge as the marketplace would; it never becomes a hiring.')
    .option(
      '--url <url>',
      'send it to this URL with the configured key (default: the bridge on this machine)',
    )
    .option('--agent <agent>', 'send it to the callback URL of this agent')
    .action(run(async (options) => await (await import('./test-webhook.ts')).testWebhook(terminal, options)));
}
