import { DEFAULT_POLICY, type SendRate } from '@agrenting-hiclaw/core/domain';
import { DEFAULT_SETTINGS, type EngineSettings } from '@agrenting-hiclaw/engine';
import { Prng } from './prng.ts';
import type { Place } from './outside/place.ts';
import { SETTLEMENT_ANSWERS, type SettlementAnswer } from './outside/settlement-answers.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How likely each thing is to go wrong, per call unless it says otherwise. */
export interface FaultRates {
  /** A process is killed at a call, before or after its effect. */
  readonly kill: number;
  /** A process stands still at a call, as a suspended machine does. */
  readonly stall: number;
  readonly storeFails: number;
  readonly readFails: number;
  readonly readStale: number;
  readonly settleFails: number;
  readonly sendFails: number;
  readonly storageFails: number;
  readonly gitFails: number;
  readonly lifecycleFails: number;
  readonly nobodyChosen: number;
  /** Calls that take time. */
  readonly slow: number;
}

/** Nothing goes wrong. */
export const NO_FAULTS: FaultRates = {
  kill: 0,
  stall: 0,
  storeFails: 0,
  readFails: 0,
  readStale: 0,
  settleFails: 0,
  sendFails: 0,
  storageFails: 0,
  gitFails: 0,
  lifecycleFails: 0,
  nobodyChosen: 0,
  slow: 0,
};

/** Everything that a seed decides before its run begins. */
export interface Scenario {
  readonly seed: number;
  readonly processes: number;
  readonly hirings: number;
  readonly workers: number;
  readonly agents: number;
  readonly settings: Omit<EngineSettings, 'holder'>;
  /** How long things go wrong; after it, faults are off. */
  readonly chaosMs: number;
  readonly rates: FaultRates;
  /** How often all active hirings are read from a list; undefined for never. */
  readonly sweepMs: number | undefined;
  readonly outages: number;
  /** What does not work for up to two hours, be other faults off; undefined for nothing. */
  readonly longOutage: Place | undefined;
  /** Stretches of 15 s to 2 h in which settlements are not taken. */
  readonly settlementOutages: number;
  /** What settlements may be answered with in those. */
  readonly settlementAnswers: readonly [SettlementAnswer, ...SettlementAnswer[]];
  readonly clockJumps: number;
  /** How often a clock of the outside is set. */
  readonly outsideClockJumps: number;
  /**
   * By how much the machine's clock is ahead when it starts, while the marketplace cannot be asked, less than 0 where it is behind;
   * it is set right after a while.
   */
  readonly startsAheadMs: number;
  /** By how much the clock of a proxy that answers for the marketplace is ahead of its own. */
  readonly foreignAheadMs: number;
  /** How many requests the marketplace takes of an agent in a minute; undefined for any number. */
  readonly requestsPerMinute: number | undefined;
  /** How fast the homeserver takes messages, and rooms; undefined for as fast as they come. */
  readonly sendRate: SendRate | undefined;
  /** Whether hirers dispute what has ended, and get their money back or not. */
  readonly disputes: boolean;
  /** Whether there is git to read repositories and push to them with. */
  readonly git: boolean;
  readonly workerCrashes: number;
  readonly restarts: number;
  /** Workers that do what they are told, whatever else goes wrong. */
  readonly diligence: boolean;
  readonly forgeries: number;
  /** Opens the file again at each start of a process, instead of taking an open connection. */
  readonly reopens: boolean;
  /** Whether each attempt has a room of its own. */
  readonly roomPerAttempt: boolean;
  /** Whether a room that jobs share is cleared before each of them. */
  readonly clearFirst: boolean;
  /** Whether somebody else writes into the task folders. */
  readonly intruder: boolean;
  /** Whether another worker of the same HiClaw writes into the task folders, as its storage key lets it. */
  readonly otherWorker: boolean;
  /** Whether workers name the SHA-256 of their result in their report, and whether the owner asks for it. */
  readonly digests: 'none' | 'stated' | 'required';
  /** Whether results wait for the operator's yes, who says it after a while. */
  readonly asksForYes: boolean;
  /** By how much the clocks of the outside are ahead of the true time, in milliseconds; less than 0 where they are behind. */
  readonly clocksAheadMs: { readonly marketplace: number; readonly homeserver: number };
  /** Whether the homeserver says how old its events are. */
  readonly statesAge: boolean;
  /** Goes on until every deadline has passed, instead of until all promises are kept. */
  readonly toTheEnd: boolean;
}

/** Who the workers report to. */
export const REPORT_TO = '@agrenting:x:18080';

export function drawScenario(seed: number): Scenario {
  const prng = new Prng(seed, 'scenario');
  const calm = prng.chance(0.1);
  const rate = (most: number): number => (calm || prng.chance(0.4) ? 0 : most * prng.next());
  const sweepMs = prng.chance(0.5) ? prng.between(1, 6) * MINUTE : undefined;
  return {
    seed,
    processes: prng.pick(1, 2, 2, 2, 3),
    hirings: prng.pick(1, 1, 2, 2, 3, 4),
    workers: prng.pick(1, 1, 2, 3),
    agents: prng.pick(1, 1, 2),
    settings: drawSettings(prng),
    chaosMs: prng.between(4, 16) * MINUTE,
    rates: {
      kill: rate(0.02),
      stall: rate(0.01),
      storeFails: rate(0.02),
      readFails: rate(0.4),
      // A list mends what a stale read hid; without one there is nothing to mend it.
      readStale: sweepMs === undefined ? 0 : rate(0.3),
      settleFails: rate(0.6),
      sendFails: rate(0.5),
      storageFails: rate(0.3),
      gitFails: rate(0.3),
      lifecycleFails: rate(0.4),
      nobodyChosen: rate(0.3),
      slow: prng.chance(0.2) ? 0 : 0.4 * prng.next(),
    },
    sweepMs,
    outages: calm ? 0 : prng.between(0, 3),
    clockJumps: prng.chance(0.25) ? prng.between(1, 2) : 0,
    workerCrashes: calm ? 0 : prng.between(0, 2),
    restarts: prng.chance(0.3) ? 1 : 0,
    diligence: prng.chance(0.05),
    forgeries: prng.between(0, 1),
    reopens: prng.chance(0.02),
    toTheEnd: prng.chance(0.05),
    roomPerAttempt: prng.chance(0.5),
    clearFirst: prng.chance(0.5),
    intruder: prng.chance(0.3),
    asksForYes: prng.chance(0.2),
    clocksAheadMs: { marketplace: drawAhead(prng), homeserver: drawAhead(prng) },
    statesAge: prng.chance(0.5),
    settlementOutages: calm || prng.chance(0.6) ? 0 : prng.between(1, 2),
    settlementAnswers: SETTLEMENT_ANSWERS,
    otherWorker: prng.chance(0.3),
    digests: prng.pick('none', 'none', 'stated', 'required'),
    longOutage:
      !calm && prng.chance(0.06)
        ? prng.pick<Place>('marketplace', 'homeserver', 'storage', 'git')
        : undefined,
    outsideClockJumps: prng.chance(0.15) ? prng.between(1, 2) : 0,
    startsAheadMs: !calm && prng.chance(0.06) ? prng.between(-12 * 60, 12 * 60) * MINUTE : 0,
    foreignAheadMs: 0,
    requestsPerMinute: prng.chance(0.12) ? prng.pick(6, 15, 30, 60) : undefined,
    sendRate: prng.chance(0.15) ? { burst: prng.pick(1, 2, 10), perMinute: prng.pick(2, 12, 60) } : undefined,
    disputes: prng.chance(0.2),
    git: prng.chance(0.5),
  };
}

function drawAhead(prng: Prng): number {
  return prng.chance(0.5) ? prng.between(-15 * 60, 15 * 60) * SECOND : 0;
}

function drawSettings(prng: Prng): Omit<EngineSettings, 'holder'> {
  const policy = { ...DEFAULT_POLICY, concurrency: prng.pick(1, 1, 1, 2) };
  return {
    ...DEFAULT_SETTINGS,
    reportTo: REPORT_TO,
    concurrency: prng.pick(1, 2, 16, 16),
    pollMs: prng.pick(5, 20, 30, 60) * SECOND,
    backoff: { baseMs: SECOND, capMs: prng.pick(1, 5) * MINUTE },
    inspectMs: prng.pick(10, 30, 60) * SECOND,
    acknowledgeMs: prng.pick(1, 2) * MINUTE,
    silenceMs: prng.pick(2, 5, 15) * MINUTE,
    maxMessages: prng.pick(1, 2, 4),
    policy: () => policy,
    answerWaitMs: prng.pick(2, 10) * MINUTE,
    // Several uploads for a few files.
    batchBytes: prng.pick(50, 1_000_000),
    deadline: {
      maxDurationMs: prng.between(10, 60) * MINUTE,
      unacknowledgedMarginMs: 5 * MINUTE,
      maxOverdueMs: 60 * MINUTE,
    },
    failOverdue: prng.chance(0.3),
  };
}
