import { HOW_TO_SET_A_SINK, sendTestAlerts } from '@agrenting-hiclaw/alerts';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { mark, printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

/** Sends one trial alert to each place and says what became of it. */
export async function testAlerts(terminal: Terminal, options: CommonOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const trials = await sendTestAlerts(configuration, systemClock, terminal.stop);
  if (trials.length === 0) {
    throw new CommandError(EXIT.usage, 'no alert sink is configured', HOW_TO_SET_A_SINK);
  }
  const shown = trials.map(({ sink, delivery }) => ({
    sink,
    outcome: delivery.kind,
    problem: delivery.kind === 'sent' ? undefined : delivery.problem,
  }));
  if (options.json === true) printJson(terminal, { alerts: shown });
  else {
    for (const { sink, outcome, problem = 'it has the trial' } of shown) {
      terminal.print(`${mark(terminal, outcome === 'sent' ? 'ok' : 'failed')} ${sink}: ${problem}\n`);
    }
  }
  const missed = shown.filter(({ outcome }) => outcome !== 'sent');
  if (missed.length === 0) return;
  throw new CommandError(
    missed.some(({ outcome }) => outcome === 'refused') ? EXIT.failed : EXIT.unavailable,
    `the test alert did not arrive at ${missed.map(({ sink }) => sink).join(' and ')}`,
  );
}
