import { type Clock, StoreError, type StoreErrorKind } from '@agrenting-hiclaw/core/domain';
import { SettingError, type RunningApp } from '@agrenting-hiclaw/runtime';

/** Where its health is asked for, and what else a person who starts it has to know. */
export interface RunningPart extends RunningApp {
  readonly healthUrl: string;
  readonly notice?: string;
}

/** An app that runs in this process beside others. */
export interface Part {
  readonly name: string;
  readonly start: () => Promise<RunningPart>;
}

export interface KeepOptions {
  readonly parts: readonly Part[];
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** Told of what a person has to know. */
  readonly say: (text: string) => void;
}

/** Every part failed, each for a reason that waiting does not mend. */
export class NothingLeftError extends Error {
  override readonly name = 'NothingLeftError';
  readonly remedy = 'Mend what is said above of each, then start again.';
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Who was up for so long is started again at once, whatever it went through before. */
const STEADY_MS = 5 * 60_000;

/** What stays wrong with a store until somebody mends it. */
const LASTING: ReadonlySet<StoreErrorKind> = new Set([
  'newer_schema',
  'drift',
  'key',
  'wrong_key',
  'corrupt',
]);

/**
 * Starts parts one after the other and keeps them until it is stopped: one that fails is started again after a
 * wait that doubles from a second to a minute, and the others go on meanwhile. Resolves when all are closed. Rejects
 * with the `SettingError` of a first start, and with `NothingLeftError` when every part failed for good.
 */
export async function superviseParts({ parts, clock, stop, say }: KeepOptions): Promise<void> {
  const ending = new AbortController();
  const signal = AbortSignal.any([stop, ending.signal]);
  const keeping: Promise<Ended>[] = [];
  try {
    for (const part of parts) {
      if (signal.aborted) break;
      const tried = Promise.withResolvers<void>();
      const kept = keep(part, { clock, signal, say, tried: tried.resolve });
      keeping.push(kept);
      // The first one makes the store for the others, and a wrong setting shows before the next one starts.
      await Promise.race([tried.promise, kept]);
    }
    const ended = await Promise.all(keeping);
    if (ended.every((how) => how === 'failed_for_good')) {
      throw new NothingLeftError('every part failed for a reason that does not pass');
    }
  } finally {
    ending.abort();
    await Promise.allSettled(keeping);
  }
}

type Ended = 'stopped' | 'failed_for_good';

interface Keeping extends Pick<KeepOptions, 'clock' | 'say'> {
  readonly signal: AbortSignal;
  /** Called when it is known how the first start came out. */
  readonly tried: () => void;
}

async function keep(part: Part, { clock, say, signal, tried }: Keeping): Promise<Ended> {
  let waitMs = FIRST_WAIT_MS;
  for (let starts = 1; ; starts += 1) {
    const startedAtMs = clock.elapsedMs();
    const failure = await runOnce(part, { say, signal, tried });
    if (failure === undefined) return 'stopped';
    const { error } = failure;
    // Settings are read once: what was right at the first start is not what is wrong now.
    if (error instanceof SettingError && starts === 1) throw error;
    if (error instanceof StoreError && LASTING.has(error.kind)) {
      say(`${part.name} failed and stays down: ${whyOf(error)}\n`);
      return 'failed_for_good';
    }
    if (clock.elapsedMs() - startedAtMs >= STEADY_MS) waitMs = FIRST_WAIT_MS;
    say(`${part.name} failed and will be restarted in ${waitMs / 1_000} s: ${whyOf(error)}\n`);
    tried();
    await clock.sleep(waitMs, signal);
    if (signal.aborted) return 'stopped';
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}

interface Failure {
  readonly error: unknown;
}

/** Starts a part and waits for its end; gives why it failed, or undefined when it was told to end. */
async function runOnce(
  { name, start }: Part,
  { say, signal, tried }: Omit<Keeping, 'clock'>,
): Promise<Failure | undefined> {
  let app: Awaited<ReturnType<Part['start']>>;
  try {
    app = await start();
  } catch (error) {
    return signal.aborted ? undefined : { error };
  }
  say(`${name} is up: ${app.healthUrl}\n${app.notice === undefined ? '' : `${app.notice}\n`}`);
  tried();
  const failure = await Promise.race([aborted(signal), failureOf(app.closed)]);
  if (failure === undefined) {
    await app.close();
    return undefined;
  }
  try {
    await app.close();
  } catch (error) {
    say(`${name} could not be closed: ${whyOf(error)}\n`);
  }
  return failure;
}

async function failureOf(closed: Promise<void>): Promise<Failure> {
  try {
    await closed;
    return { error: new Error('it ended unexpectedly') };
  } catch (error) {
    return { error };
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return undefined;
  return await new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** The message, where it says what to do; else also where it came from. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'remedy' in error ? error.message : (error.stack ?? error.message);
}
