import { StoreError, type StoreErrorKind } from '@agrenting-hiclaw/core/domain';
import {
  OperationError,
  type OperationErrorCode,
  type OperationErrorKind,
} from '@agrenting-hiclaw/operations/operation-error';
import { CommandError, EXIT, type ExitCode } from './command-error.ts';
import { fileProblem } from './file-problem.ts';

/** How a command ends that failed. */
export interface Failure {
  readonly message: string;
  readonly remedy: string | undefined;
  readonly exitCode: ExitCode;
}

const EXIT_OF_OPERATION: Readonly<Record<OperationErrorKind, ExitCode>> = {
  invalid: EXIT.usage,
  not_found: EXIT.usage,
  misconfigured: EXIT.usage,
  exists: EXIT.usage,
  conflict: EXIT.failed,
  refused: EXIT.failed,
  unavailable: EXIT.unavailable,
  // Never the code of what a script may simply run again: that may do it twice.
  unknown: EXIT.failed,
};

const EXIT_OF_STORE: Readonly<Record<StoreErrorKind, ExitCode>> = {
  newer_schema: EXIT.failed,
  drift: EXIT.usage,
  key: EXIT.failed,
  wrong_key: EXIT.usage,
  corrupt: EXIT.failed,
  locked: EXIT.unavailable,
  disk: EXIT.failed,
  exists: EXIT.usage,
  overloaded: EXIT.failed,
  closed: EXIT.failed,
};

const REMEDIES: Readonly<Record<OperationErrorCode, string>> = {
  worker_registered: 'To register it a second time, pass --force.',
};

/** Somebody pressed Ctrl-C, at a question or while something was waited for. */
const STOPPED: ReadonlySet<string> = new Set(['ExitPromptError', 'AbortError']);

/** What to tell the person who ran the command, and the exit code. */
export function failureOf(thrown: unknown): Failure {
  const error = fileProblem(thrown) ?? thrown;
  if (error instanceof CommandError) return error;
  if (error instanceof Error && STOPPED.has(error.name)) {
    return { message: 'stopped', remedy: undefined, exitCode: EXIT.interrupted };
  }
  if (error instanceof OperationError) {
    const { message, kind, code, remedy = code === undefined ? undefined : REMEDIES[code] } = error;
    return { message, remedy, exitCode: EXIT_OF_OPERATION[kind] };
  }
  if (error instanceof StoreError) {
    return { message: error.problem, remedy: `${error.remedy}.`, exitCode: EXIT_OF_STORE[error.kind] };
  }
  if (!(error instanceof Error)) return { message: String(error), remedy: undefined, exitCode: EXIT.failed };
  const remedy = 'remedy' in error ? String(error.remedy) : error.stack;
  return { message: error.message, remedy, exitCode: EXIT.failed };
}
