import { sanitizeJson } from '@agrenting-hiclaw/core/sanitize';
import {
  counted,
  ENDS,
  type HiringId,
  type HiringRecord,
  type State,
  stepFailureText,
} from '@agrenting-hiclaw/core/domain';
import { systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { startAdapter, type AdapterOptions, type RunningAdapter } from '../adapter.ts';
import type { IntakeParts } from '../intake.ts';
import { createAgentPoll } from './agent-poll.ts';
import { freshOf, isComplete, pollAgents, pollTable, type Poll } from './poll-agents.ts';

export interface RebuildOptions {
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  readonly print: (text: string) => void;
  /** Where the log goes, beside what is printed. */
  readonly logTo: NonNullable<AdapterOptions['logTo']>;
  readonly stop: AbortSignal;
}

/** What became of one hiring that was found. */
interface Restored {
  readonly hiringId: HiringId;
  readonly state: State;
  readonly attempt: number;
  /** How it came there: the newest move, or what keeps it from moving. */
  readonly cause: string;
  /** Whether it was looked for in storage and rooms. */
  readonly isPlaced: boolean;
}

/** Before it was looked for in storage and rooms, nothing can be said of a hiring. */
const UNPLACED: ReadonlySet<State> = new Set<State>(['received', 'confirmed']);
const LOOK_EVERY_MS = 200;
const MAX_WAIT_MS = 120_000;

/**
 * Rebuilds a lost store: receives every hiring that the marketplace shows as open, and lets the engine find
 * out by task folders and rooms how far each had come. A worker that was told is not told again. Rejects
 * when there is a store with hirings already; gives whether everything was found and placed.
 */
export async function rebuild({
  configuration,
  environment,
  json,
  print,
  logTo,
  stop,
}: RebuildOptions): Promise<boolean> {
  const sweeping = Promise.withResolvers<Poll>();
  // It may fail while the adapter still starts; it is waited for after that.
  sweeping.promise.catch(() => undefined);
  const adapter = await startAdapter({
    name: 'rebuild',
    configuration,
    environment,
    logTo,
    // Nothing is known of what the lost store had sent, so every room is looked into first.
    engine: { lookFirstAfterMs: 0, adoptOnly: true },
    startIntake: (parts) => sweepOnce(parts, stop, sweeping),
  });
  try {
    const sweep = await sweeping.promise;
    const restored = await placed(adapter, freshOf(sweep), stop);
    const complete = isComplete(sweep) && restored.every(({ state }) => !UNPLACED.has(state));
    print(
      json
        ? `${sanitizeJson(JSON.stringify({ rebuild: complete ? 'ok' : 'failed', hirings: restored.map(shown), problems: sweep.problems }))}\n`
        : `${pollTable(sweep)}${restored.map((one) => line(one)).join('')}`,
    );
    return complete;
  } finally {
    await adapter.close();
  }
}

/** An intake that looks once. */
function sweepOnce(parts: IntakeParts, stop: AbortSignal, sweeping: PromiseWithResolvers<Poll>) {
  const closing = new AbortController();
  const either = AbortSignal.any([stop, closing.signal]);
  const sweep = async (): Promise<Poll> => {
    const { byState } = await parts.store.hirings.queueStats(parts.clock.nowMs(), 0);
    const known = Object.values(byState).reduce((sum, count) => sum + count, 0);
    if (known > 0) throw new KnownHiringsError(parts.configuration.store.file, known);
    return await pollAgents(parts, either);
  };
  void sweep().then(sweeping.resolve, sweeping.reject);
  return {
    session: (agentId: HiringRecord['agentId']) => {
      const agent = parts.agents.identified().find((one) => one.agentId === agentId);
      return agent === undefined ? undefined : createAgentPoll(agent, parts, either).sessions;
    },
    problems: () => [],
    close: async () => {
      closing.abort();
      await sweeping.promise.catch(() => undefined);
    },
  };
}

/** A store that is not lost is not rebuilt. */
class KnownHiringsError extends Error {
  readonly remedy: string;

  constructor(file: string, known: number) {
    const remedy =
      'If it is the right store, start the adapter: it reads every open hiring again. If it is damaged, move it away first';
    super(`${file} holds ${counted(known, 'hiring')}. ${remedy}`);
    this.remedy = remedy;
  }
}

/** Waits until each was looked for, as long as that is to be expected. */
async function placed(
  { store }: RunningAdapter,
  hiringIds: readonly HiringId[],
  stop: AbortSignal,
): Promise<readonly Restored[]> {
  const untilMs = systemClock.nowMs() + MAX_WAIT_MS;
  for (;;) {
    const restored = await Promise.all(hiringIds.map(async (id) => await restoredOf(store, id)));
    const isDone = restored.every(({ isPlaced }) => isPlaced);
    if (isDone || stop.aborted || systemClock.nowMs() >= untilMs) return restored;
    await systemClock.sleep(LOOK_EVERY_MS, stop);
  }
}

async function restoredOf({ hirings }: RunningAdapter['store'], hiringId: HiringId): Promise<Restored> {
  const record = await hirings.find(hiringId);
  const transitions = await hirings.history(hiringId);
  const { state = 'received', lastFailure, attempt } = record ?? {};
  const isOver = ENDS.some((end) => end === state);
  const isSought = state !== 'staged' || attempt?.progress.soughtAtMs !== undefined;
  return {
    hiringId,
    state,
    attempt: attempt?.number ?? 0,
    isPlaced: !UNPLACED.has(state) && isSought,
    cause:
      (isOver || lastFailure === undefined ? undefined : stepFailureText(lastFailure.reason)) ??
      transitions.at(-1)?.cause ??
      'it was not looked at yet',
  };
}

/** What scripts read of one. */
function shown({ hiringId, state, attempt, cause }: Restored): object {
  return { hiringId, state, attempt, cause };
}

function line({ hiringId, state, attempt, cause }: Restored): string {
  return `${hiringId}  attempt ${attempt}  ${state.padEnd(12)}  ${cause}\n`;
}
