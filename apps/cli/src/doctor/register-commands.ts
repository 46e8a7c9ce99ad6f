import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import { withOwnersClient } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `doctor`. */
export function registerDoctorCommands(program: Command, terminal: Terminal): void {
  const doctor = program
    .command('doctor')
    .description('Look at everything that has to be right, and say of each what to do.')
    .option('--start', 'also try the way to start workers, which starts them');
  withOwnersClient(doctor).action(
    run(async (options) => await (await import('./doctor.ts')).doctor(terminal, options)),
  );
}
