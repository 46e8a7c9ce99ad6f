import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import { withOwnersClient } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `doctor`. */
export function registerDoctorCommands(program: Command, terminal: Terminal): void {
  const doctor = program
    .command('doctor')
    .description('Check the installation and say how to fix each problem.')
    .option('--start', 'also check that workers can be started, which starts them')
    .option('--problems', 'print only what failed or needs attention');
  withOwnersClient(doctor).action(
    run(async (options) => await (await import('./doctor.ts')).doctor(terminal, options)),
  );
}
