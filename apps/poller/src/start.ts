import { sanitize } from '@agrenting-hiclaw/core/sanitize';
import { hostOf, runCommand, runMain } from '@agrenting-hiclaw/runtime';
import { startPoller } from './app.ts';
import { pollOnce } from './once.ts';
import { parseCommand, USAGE } from './arguments.ts';

/** Runs the app, or looks once, in the process that `main.ts` hands in. */
export async function start(program: NodeJS.Process): Promise<void> {
  const host = hostOf(program);
  const name = 'poller';
  const print = (text: string): void => void program.stdout.write(sanitize(text));

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
  }
}
