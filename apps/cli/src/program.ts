import { sanitizeJson } from '@agrenting-hiclaw/core/sanitize';
import { useProxies } from '@agrenting-hiclaw/runtime/proxies';
import { Command, CommanderError } from 'commander';
import type { SettingProblem } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from './terminal/command-error.ts';
import { addExamples } from './examples.ts';
import { registerAdminCommands } from './admin/register-commands.ts';
import { registerAgentCommands } from './agents/register-commands.ts';
import { registerAlertCommands } from './alerts/register-commands.ts';
import { registerCompletionCommands } from './completion/register-commands.ts';
import { registerConfigCommands } from './config/register-commands.ts';
import { registerDeliveryCommands } from './deliveries/register-commands.ts';
import { registerDoctorCommands } from './doctor/register-commands.ts';
import { registerEarningsCommands } from './earnings/register-commands.ts';
import { registerGatewayCommands } from './gateway/register-commands.ts';
import { registerHiringCommands } from './hirings/register-commands.ts';
import { registerInitCommands } from './init/register-commands.ts';
import { registerKeyCommands } from './keys/register-commands.ts';
import { registerMarketplaceCommands } from './marketplace/register-commands.ts';
import { registerRetentionCommands } from './retention/register-commands.ts';
import { registerRoomCommands } from './rooms/register-commands.ts';
import { registerSetupCommands } from './setup/register-commands.ts';
import { registerStoreCommands } from './store/register-commands.ts';
import { registerTokenCommands } from './tokens/register-commands.ts';
import { registerUpCommands } from './up/register-commands.ts';
import { registerWebhookCommands } from './webhook/register-commands.ts';
import { registerWorkerCommands } from './workers/register-commands.ts';
import { styled } from './terminal/show.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What commander puts before its errors. */
const PREFIX_LENGTH = 'error: '.length;

const EXIT_CODES = `
Exit codes:
  0  success                     2  invalid arguments or configuration
  1  a check or command failed   3  a service could not be reached: try again later
                                 130  stopped with Ctrl-C

Every command takes --config and --json. Secrets are never options: set a variable, name a
file with <VARIABLE>_FILE, or enter them when asked.`;

/** What each topic adds to the program, in the order of the help. */
const TOPICS: readonly ((program: Command, terminal: Terminal) => void)[] = [
  registerInitCommands,
  registerSetupCommands,
  registerAgentCommands,
  registerUpCommands,
  registerDoctorCommands,
  registerMarketplaceCommands,
  registerGatewayCommands,
  registerWebhookCommands,
  registerConfigCommands,
  registerCompletionCommands,
  registerHiringCommands,
  registerDeliveryCommands,
  registerEarningsCommands,
  registerStoreCommands,
  registerRetentionCommands,
  registerWorkerCommands,
  registerRoomCommands,
  registerTokenCommands,
  registerAlertCommands,
  registerAdminCommands,
  registerKeyCommands,
];

/**
 * Runs one command; gives its exit code. What a command does is loaded when it runs, so that `--help` is quick.
 */
export async function runCli(commandArguments: readonly string[], terminal: Terminal): Promise<number> {
  const wantsJson = commandArguments.includes('--json');
  const program = commandLine(terminal, wantsJson);
  try {
    const problem = useProxies(terminal.environment);
    if (problem !== undefined) throw await settingError(problem);
    await program.parseAsync([...commandArguments], { from: 'user' });
    return EXIT.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      const exitCode = thrown.exitCode === 0 ? EXIT.done : EXIT.usage;
      if (wantsJson && exitCode !== EXIT.done) {
        // Help is what it gives to a topic without a command.
        const isHelp = thrown.code === 'commander.help';
        const message = isHelp ? 'a command is missing' : thrown.message.slice(PREFIX_LENGTH);
        printJsonError(terminal, { message, remedy: 'See --help.', exitCode });
      }
      return exitCode;
    }
    // Somebody was asked, and said no.
    if (thrown instanceof Error && thrown.name === 'Declined') {
      terminal.print('Nothing was done.\n');
      return EXIT.done;
    }
    const { failureOf } = await import('./terminal/failure.ts');
    const failure = failureOf(thrown);
    const { message, remedy, exitCode } = failure;
    // Somebody pressed Ctrl-C: no more has to be said.
    const isAsked = thrown instanceof Error && thrown.name === 'ExitPromptError';
    if (exitCode === EXIT.interrupted && (terminal.stop.aborted || isAsked)) return exitCode;
    if (wantsJson) printJsonError(terminal, failure);
    else {
      terminal.writeError(`${styled(terminal, 'red', 'agrenting-hiclaw:')} ${message}\n`);
      if (remedy !== undefined) terminal.writeError(`  ${remedy}\n`);
    }
    return exitCode;
  }
}

function commandLine(terminal: Terminal, wantsJson: boolean): Command {
  const program = new Command('agrenting-hiclaw')
    .description('Sell the work of your HiClaw workers on the Agrenting marketplace.')
    .option('-c, --config <file>', 'configuration file (default: ADAPTER_CONFIG or ./adapter.yaml)')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      `
First steps:
  agrenting-hiclaw init        asks for addresses, writes adapter.yaml
  agrenting-hiclaw setup       sets up the adapter in your HiClaw
  agrenting-hiclaw register    registers a worker on the marketplace
  agrenting-hiclaw doctor      checks the installation
  agrenting-hiclaw up          runs the adapter until you stop it
${EXIT_CODES}`,
    );
  settle(program, terminal, wantsJson);
  for (const register of TOPICS) register(program, terminal);
  addExamples(program);
  return program;
}

/** Loaded when something is wrong: the texts come with all settings. */
async function settingError(problem: SettingProblem): Promise<CommandError> {
  const { settingText } = await import('@agrenting-hiclaw/runtime');
  const { what, remedy } = settingText(problem);
  return new CommandError(EXIT.usage, `${problem.where} ${what}`, remedy);
}

/** On standard error, for standard output may already have the document that was asked for. */
function printJsonError(
  terminal: Terminal,
  { message, remedy, exitCode }: { message: string; remedy: string | undefined; exitCode: number },
): void {
  terminal.writeError(`${sanitizeJson(JSON.stringify({ error: { message, remedy, exitCode } }))}\n`);
}

/**
 * Ends by an error instead of the process, prints to the terminal, and helps where it was used wrongly. The commands that
 * are added to a program after this do so, too.
 */
function settle(program: Command, terminal: Terminal, wantsJson: boolean): void {
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text),
      // Where JSON is wanted, the error is printed as such.
      writeErr: (text) => (wantsJson ? undefined : terminal.writeError(text)),
      getOutHasColors: () => terminal.colours,
    })
    .showHelpAfterError('(see --help)')
    .showSuggestionAfterError();
}
