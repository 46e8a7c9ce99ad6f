import { type CommandLine, runProgram } from './program.ts';

/** One thing that must hold, and the commands that find out. */
export interface Stage {
  readonly name: string;
  /** They run one after the other; the first that fails ends the stage. */
  readonly commands: readonly CommandLine[];
}

/** What came of a stage. */
export interface StageOutcome {
  readonly name: string;
  readonly passed: boolean;
  readonly durationMs: number;
  /** What the failed command printed. */
  readonly output: string;
}

/** Runs one stage and keeps what it prints. */
async function runStage(stage: Stage, signal: AbortSignal): Promise<StageOutcome> {
  const startedAtMs = performance.now();
  let passed = true;
  let output = '';
  for (const command of stage.commands) {
    const end = await runProgram(command, { output: 'captured', signal });
    if (!end.succeeded) {
      passed = false;
      output = end.output;
      break;
    }
  }
  return { name: stage.name, passed, durationMs: performance.now() - startedAtMs, output };
}

/** Runs all stages, `width` at a time, and tells of each as soon as it is done. */
export async function runStages(
  stages: readonly Stage[],
  width: number,
  signal: AbortSignal,
  tell: (outcome: StageOutcome) => void,
): Promise<readonly StageOutcome[]> {
  const waiting = [...stages];
  const outcomes: StageOutcome[] = [];
  const worker = async (): Promise<void> => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      const outcome = await runStage(stage, signal);
      outcomes.push(outcome);
      tell(outcome);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return outcomes;
}
