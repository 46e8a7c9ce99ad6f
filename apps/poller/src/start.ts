import { rebuild } from '@agrenting-hiclaw/adapter';
import { harmless } from '@agrenting-hiclaw/core/harmless';
import { hostOf, runCommand, runMain } from '@agrenting-hiclaw/runtime';
import { startPoller } from './app.ts';
import { backUp, restore } from './backup.ts';
import { pollOnce } from './once.ts';
import { parseCommand, USAGE } from './usage.ts';

/** Runs the app, or the command that the arguments name, in the process that `main.ts` hands in. */
export async function start(program: NodeJS.Process): Promise<void> {
  const host = hostOf(program);
  const name = 'poller';
  const print = (text: string): void => void program.stdout.write(harmless(text));

  const command = parseCommand(program.argv.slice(2));
  switch (command.kind) {
    case 'wrong':
      host.print(`${command.problem}\n\n${USAGE}`);
      host.exit(2);
      break;
    case 'help':
      print(USAGE);
      break;
    case 'run':
      await runMain({ name, host, start: startPoller });
      break;
    case 'once':
      await runCommand({
        name,
        host,
        run: async (configuration, _, stop) =>
          await pollOnce({ configuration, json: command.json, print, stop }),
      });
      break;
    case 'rebuild':
      await runCommand({
        name,
        host,
        run: async (configuration, environment, stop) =>
          await rebuild({
            configuration,
            environment,
            json: command.json,
            print,
            logTo: program.stderr,
            stop,
          }),
      });
      break;
    case 'backup':
      await runCommand({
        name,
        host,
        run: async (configuration) => await backUp(configuration, command.file, print),
      });
      break;
    case 'restore':
      await runCommand({
        name,
        host,
        run: async (configuration) => await restore(configuration, command.file, print),
      });
      break;
  }
}
