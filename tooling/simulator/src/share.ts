import { every, runSeeds } from './run-seeds.ts';

// Runs a share of the seeds for the process that started this one.
const [step, from, count, offset] = process.argv.slice(2).map(Number);
if (step === undefined || from === undefined || count === undefined || offset === undefined) {
  throw new Error('Usage: share.ts <step> <from> <count> <offset>');
}
// Every abort of a signal takes a stack; the replay of a failing seed has them whole.
Error.stackTraceLimit = 0;
await runSeeds(every(step, from, count, offset), (part) => process.send?.(part));
if (process.connected) process.disconnect();
