import {
  delegate,
  ENDS,
  type Clock,
  type HiringId,
  type HiringStore,
  type Marketplace,
  type Messenger,
  type Repositories,
  type ActivityLog,
  type TaskStorage,
} from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from '@agrenting-hiclaw/engine';
import { CrashPoints, PLANTED, type Stage } from './crash-points.ts';
import { Decisions } from './checks/decisions.ts';
import { Patience, type Request } from './checks/patience.ts';
import { unmetAtEnd, type Owed } from './checks/invariants-at-end.ts';
import { OtherWriters } from './checks/other-writers.ts';
import { PaidAsReviewed } from './checks/paid-as-reviewed.ts';
import { StoreInvariants } from './checks/store-invariants.ts';
import { isItsTask, watchTheOutside } from './checks/outside-invariants.ts';
import { Prng } from './prng.ts';
import { UploadsOnce } from './checks/uploads-once.ts';
import type { Disk } from './disk.ts';
import { short } from './call-in-trace.ts';
import { guardPorts, type Outside } from './guarded-ports.ts';
import { CANARY, Hirers } from './outside/hirers.ts';
import { FakeAttemptRooms } from './outside/attempt-rooms.ts';
import { FakeHomeserver } from './outside/homeserver.ts';
import { Intruder } from './outside/intruder.ts';
import { Operator } from './outside/operator.ts';
import { OtherWorker } from './outside/other-worker.ts';
import { Intakes } from './outside/intakes.ts';
import { MoneyReader } from './outside/money-reader.ts';
import { FakeMarketplace } from './outside/marketplace.ts';
import type { OutsideClock } from './outside/outside-clock.ts';
import { FakeRepositories } from './outside/repositories.ts';
import { FakeTaskFolders } from './outside/task-folders.ts';
import { OutageSchedule } from './outside/outages.ts';
import { FakeWorkers } from './outside/workers.ts';
import { EventLoopIdle } from './event-loop-idle.ts';
import { withoutRealTime } from './real-time.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { StorePool } from './store-pool.ts';
import { taskIds } from './task-ids.ts';
import { Timeline } from './timeline.ts';
import { Trace } from './trace.ts';
import { InFlight } from './in-flight.ts';
import { Violations, type Violation } from './violations.ts';

const START_MS = Date.parse('2026-11-23T10:00:00Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** After faults are off, everything is to be over within this. */
const MAX_CALM_MS = 5 * 60 * MINUTE;
/** By then every deadline has passed. */
const ALL_DEADLINES_MS = 75 * MINUTE;
/** How often it is asked whether everything is over. */
const LOOK_MS = 30 * SECOND;
/** What is overdue by more than this is forgotten. */
const GRACE_MS = 2 * MINUTE;
const ENDED: ReadonlySet<string> = new Set(ENDS);
const ACCOUNT = '@agrenting:x';

/** A bug that is planted between a process and the outside, to see that it is found. */
export interface Mutation {
  readonly transactionId?: ((prng: Prng) => () => string) | undefined;
  readonly marketplace?: ((inner: Marketplace) => Marketplace) | undefined;
  readonly storage?: ((inner: TaskStorage) => TaskStorage) | undefined;
  readonly store?: ((inner: HiringStore, disk: Disk) => HiringStore) | undefined;
  /** Also given the clocks of the machine. */
  readonly activities?: ((inner: ActivityLog, clock: Clock) => ActivityLog) | undefined;
  readonly repositories?: ((inner: Repositories) => Repositories) | undefined;
  readonly marketplaceClock?: EnginePorts['marketplaceClock'];
}

export interface SimulateOptions {
  readonly pool: StorePool;
  readonly print?: ((line: string) => void) | undefined;
  readonly mutation?: Mutation | undefined;
  /** Takes the place of what the seed would draw. */
  readonly changes?: Partial<Scenario> | undefined;
  readonly killAt?: Stage['killAt'];
}

/** What came of one run. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Digest of everything that happened: the same for every run of a seed. */
  readonly digest: string;
  readonly calls: number;
  /** Moves that hirings made, as `from event`. */
  readonly transitions: readonly string[];
}

/** Runs one seed from its first hiring until everything is over. */
export async function simulate(seed: number, options: SimulateOptions): Promise<Outcome> {
  const timeline = new Timeline(START_MS);
  const trace = new Trace(() => timeline.nowMs, options.print);
  const stage: Stage = {
    scenario: { ...drawScenario(seed), ...options.changes },
    timeline,
    quiet: new EventLoopIdle(),
    trace,
    // The first line only: a stack below it is not the same in every run.
    violations: new Violations(({ rule, detail }) =>
      trace.note(`VIOLATION ${rule}: ${detail.split('\n', 1)[0]}`),
    ),
    faulty: true,
    skewMs: 0,
    clockSetAtMs: -Infinity,
    calls: 0,
    killAt: options.killAt,
  };
  return await withoutRealTime(
    () => timeline.nowMs,
    async () => {
      const disk = await options.pool.renew(() => timeline.nowMs + stage.skewMs);
      return await new Run(stage, options, disk).toItsEnd();
    },
  );
}

class Run {
  readonly #stage: Stage;
  readonly #options: SimulateOptions;
  readonly #disk: Disk;
  readonly #invariants: StoreInvariants;
  readonly #outageSchedule: OutageSchedule;
  readonly #marketplace: FakeMarketplace;
  readonly #rooms: FakeAttemptRooms;
  readonly #homeserver: FakeHomeserver;
  readonly #folders: FakeTaskFolders;
  readonly #repositories: FakeRepositories;
  readonly #workers: FakeWorkers;
  readonly #intakes: Intakes;
  readonly #hirers: Hirers;
  readonly #judged: PaidAsReviewed;
  readonly #others: OtherWriters;
  readonly #uploads: UploadsOnce;
  readonly #decisions: Decisions;
  readonly #patience: Patience;
  readonly #moneyReader: MoneyReader;
  readonly #operator: Operator;
  readonly #fate: Prng;
  readonly #processes: SimulatedProcess[] = [];
  readonly #claims = new Map<string, string>();
  /** Messages, by whether they were about the task that their attempt had when they were sent. */
  readonly #messages = new InFlight<boolean>();
  /** Settlements, by the true time at which they were sent. */
  readonly #settlements = new InFlight<number>();
  #started = 0;
  #readingActivities = false;
  readonly #clockSets: { readonly atMs: number; readonly byMs: number }[] = [];
  /** How many activities are stored. */
  #readTo = 0;

  constructor(stage: Stage, options: SimulateOptions, disk: Disk) {
    const { seed } = stage.scenario;
    this.#stage = stage;
    this.#options = options;
    this.#disk = disk;
    this.#invariants = new StoreInvariants(disk, stage.violations);
    this.#fate = new Prng(seed, 'fate');
    const outageSchedule = new OutageSchedule(stage, new Prng(seed, 'weather'));
    this.#outageSchedule = outageSchedule;
    this.#marketplace = new FakeMarketplace(stage, new Prng(seed, 'marketplace'), outageSchedule);
    this.#rooms = new FakeAttemptRooms(stage, new Prng(seed, 'rooms'), outageSchedule);
    this.#homeserver = new FakeHomeserver(stage, new Prng(seed, 'homeserver'), outageSchedule, this.#rooms);
    this.#folders = new FakeTaskFolders(stage, new Prng(seed, 'storage'), outageSchedule);
    this.#repositories = new FakeRepositories(stage, new Prng(seed, 'git'), outageSchedule);
    this.#workers = new FakeWorkers(stage, new Prng(seed, 'workers'), this.#homeserver, this.#folders);
    this.#intakes = new Intakes(stage, new Prng(seed, 'intakes'), this.#marketplace, () => this.#processes);
    this.#hirers = new Hirers(stage, new Prng(seed, 'hirers'), this.#marketplace, this.#intakes);
    const intruder = new Intruder(stage, new Prng(seed, 'intruder'), this.#folders);
    this.#folders.onLook = (taskId) => intruder.strike(taskId);
    const other = new OtherWorker(stage, new Prng(seed, 'other worker'), this.#folders);
    this.#folders.onFolder = (taskId) => other.finds(taskId);
    this.#folders.onResult = (taskId) => other.seesResult(taskId);
    this.#judged = new PaidAsReviewed(stage.violations);
    this.#others = new OtherWriters(stage, this.#folders, this.#homeserver);
    this.#uploads = new UploadsOnce(stage);
    const decisions = new Decisions(stage, this.#marketplace, this.#workers);
    this.#decisions = decisions;
    this.#patience = new Patience(stage, (attempt) => decisions.deadlineMs(attempt));
    this.#moneyReader = new MoneyReader(stage, new Prng(seed, 'money'), this.#marketplace);
    this.#operator = new Operator(stage, new Prng(seed, 'operator'), disk, this.#folders, this.#judged);
    watchTheOutside(stage, {
      disk,
      marketplace: this.#marketplace,
      homeserver: this.#homeserver,
      folders: this.#folders,
      repositories: this.#repositories,
      hirers: this.#hirers,
      judged: this.#judged,
      others: this.#others,
      uploads: this.#uploads,
      claimOf: (process, hiringId) => this.#claims.get(`${process} ${hiringId}`),
      wasItsTask: (message) => this.#messages.whenSent(message) ?? false,
      sentAtMsOf: (settlement) => this.#settlements.whenSent(settlement),
    });
    const { onPosted } = this.#homeserver;
    this.#homeserver.onPosted = (posted, process) => {
      onPosted(posted, process);
      this.#workers.ingest(posted);
    };
    this.#workers.onHalfSaid = () => this.#setAheadMeanwhile();
    this.#homeserver.onActivity = () => this.#planActivities(this.#fate.between(50, 3000));
  }

  async toItsEnd(): Promise<Outcome> {
    const stage = this.#stage;
    const { scenario, timeline, quiet, trace, violations } = stage;
    stage.skewMs = scenario.startsAheadMs;
    for (let index = 0; index < scenario.processes; index += 1) this.#start();
    this.#hirers.begin();
    this.#planMishaps();
    this.#planSweep();
    const atHand = this.#options.pool.take(false);
    this.#operator.begin(atHand);
    this.#moneyReader.begin(atHand);
    await quiet.reached();
    await this.#until(START_MS + scenario.chaosMs);
    stage.faulty = false;
    trace.note('faults are off');

    const watching = this.#options.pool.take(false);
    const lastMs = timeline.nowMs + MAX_CALM_MS;
    const soonestMs = timeline.nowMs + (scenario.toTheEnd ? ALL_DEADLINES_MS : 0);
    let owed = await this.#owed(watching.hirings);
    for (;;) {
      const isOver = owed.length === 0 && !this.#busy && this.#rests && timeline.nowMs >= soonestMs;
      if (isOver || timeline.nowMs >= lastMs || violations.all.length > 0) break;
      await this.#until(timeline.nowMs + LOOK_MS);
      owed = await this.#owed(watching.hirings);
    }
    for (const { hiringId, what } of violations.all.length > 0 ? [] : owed)
      violations.add('lost', 'nothing acknowledged is lost', `${hiringId} ${what}`);
    // Once a minute processes look for what a clock left that was ahead.
    const isClockTrusted = timeline.nowMs - stage.clockSetAtMs > GRACE_MS;
    if (violations.all.length === 0 && isClockTrusted) {
      this.#invariants.checkWaits(timeline.nowMs + stage.skewMs);
    }
    if (violations.all.length === 0) this.#invariants.checkSecrets();
    const { overdue } = await watching.hirings.queueStats(timeline.nowMs + stage.skewMs, GRACE_MS);
    if (overdue > 0 && violations.all.length === 0)
      violations.add('lost', 'nothing is overdue', `${overdue} are`);
    this.#options.pool.releaseClaims(watching);
    this.#options.pool.releaseClaims(atHand);
    for (const process of this.#processes) process.die('is over');
    await quiet.reached();
    return {
      seed: scenario.seed,
      violations: violations.all,
      digest: trace.digest(),
      calls: stage.calls,
      transitions: this.#disk.transitionsAfter(0).map(({ fromState, event }) => `${fromState} ${event}`),
    };
  }

  async #owed(hirings: HiringStore): Promise<readonly Owed[]> {
    const rows = this.#disk.hirings();
    return await unmetAtEnd({
      rows,
      hirings,
      marketplace: this.#marketplace,
      intakes: this.#intakes,
      readsEnded: this.#stage.scenario.disputes,
    });
  }

  get #busy(): boolean {
    return this.#workers.busy || this.#hirers.busy || this.#intakes.busy;
  }

  /** True when no hiring is to be looked at but those that are looked at again and again. */
  get #rests(): boolean {
    const nowMs = this.#stage.timeline.nowMs + this.#stage.skewMs;
    return this.#disk
      .hirings()
      .every(({ state, dueAtMs }) =>
        ENDED.has(state) ? dueAtMs === null : nowMs - (dueAtMs ?? 0) < GRACE_MS,
      );
  }

  async #until(untilMs: number): Promise<void> {
    const { timeline, quiet, violations } = this.#stage;
    timeline.after(untilMs - timeline.nowMs, () => undefined);
    while (violations.all.length === 0 && timeline.step(untilMs)) {
      await quiet.reached();
      this.#invariants.check();
    }
  }

  #start(): void {
    this.#started += 1;
    const { seed, settings, reopens, asksForYes, digests } = this.#stage.scenario;
    const policy: typeof settings.policy = (agentId) => ({
      ...settings.policy(agentId),
      ...(asksForYes ? { approve: 'results' as const } : {}),
      resultDigest: digests === 'required' ? 'required' : 'optional',
    });
    const name = `process-${this.#started}`;
    const prng = new Prng(seed, name);
    const crashPoints = new CrashPoints(name, this.#stage, prng);
    const store = this.#options.pool.take(reopens);
    crashPoints.onDeath(() => {
      if (reopens) void store.close();
      else this.#options.pool.releaseClaims(store);
      // The next reader of the activities finds out where it stopped.
      this.#readingActivities = false;
      this.#planActivities(5 * SECOND);
      if (this.#stage.timeline.nowMs < START_MS) return;
      this.#stage.timeline.after(this.#fate.between(1, 90) * SECOND, () => this.#start());
    });
    const process = new SimulatedProcess(crashPoints, this.#portsOf(crashPoints, store, prng), {
      settings: { ...settings, policy, holder: name },
      events: {
        onStepFailed: ({ hiringId, problem }) => this.#told(`${name} trouble ${short(hiringId)}: ${problem}`),
        onError: (problem, cause) => {
          this.#told(`${name} error: ${problem}${cause instanceof Error ? ` (${cause.message})` : ''}`);
          const planted = cause instanceof Error && cause.message.includes(PLANTED);
          if (cause === undefined || planted) return;
          const detail = cause instanceof Error ? (cause.stack ?? cause.message) : problem;
          this.#stage.violations.add('broken', 'no step fails in a way that nobody foresaw', detail);
        },
      },
    });
    this.#processes.push(process);
    this.#stage.trace.note(`${name} starts`);
  }

  #portsOf(crashPoints: CrashPoints, store: ReturnType<StorePool['take']>, prng: Prng): EnginePorts {
    const { mutation } = this.#options;
    const { name } = crashPoints;
    const { repositories, ...guarded } = guardPorts(
      crashPoints,
      {
        hirings: this.#noting(name, store.hirings),
        activities: store.activities,
        ...this.#asking(name, mutation?.transactionId?.(prng)),
        storage: this.#looking(name),
        repositories: this.#repositories,
        lifecycle: this.#workers,
        manager: this.#workers,
        directory: {
          choose: async (agentId) => {
            const { faulty, scenario } = this.#stage;
            if (faulty && prng.chance(scenario.rates.nobodyChosen)) {
              return { kind: 'nobody', problem: `${PLANTED}: nobody` };
            }
            const worker = this.#workers.addressOf(Number(agentId.slice(-1)));
            const { roomPerAttempt, clearFirst } = scenario;
            return { kind: 'worker', worker, roomPerAttempt, clearFirst };
          },
        },
        silenceMs: (place) => this.#outageSchedule.silenceMs(place),
      },
      {
        nowMs: () => this.#stage.timeline.nowMs + this.#stage.skewMs,
        elapsedMs: () => this.#stage.timeline.nowMs,
      },
      () => prng.next(),
      taskIds,
    );
    const ports = this.#patient(name, guarded);
    const activities = this.#listening(ports.activities);
    const marketplace: Marketplace = delegate(ports.marketplace, {
      settle: async (agentId, hiringId, settlement) => {
        const sending = this.#settlements.sends(settlement, this.#stage.timeline.nowMs);
        return await ports.marketplace.settle(agentId, hiringId, sending);
      },
      upload: async (agentId, hiringId, artifacts) => {
        const sending = this.#uploads.sends(artifacts);
        const outcome = await ports.marketplace.upload(agentId, hiringId, sending);
        if (outcome.kind === 'uploaded') this.#uploads.answered(name, hiringId, sending);
        return outcome;
      },
    });
    const messenger: Messenger = delegate(ports.messenger, {
      send: async (message) => {
        const sending = this.#messages.sends(message, isItsTask(this.#disk, message));
        return await ports.messenger.send(sending);
      },
    });
    return {
      ...ports,
      messenger,
      marketplaceClock: mutation?.marketplaceClock ?? this.#marketplace.clock.known,
      repositories: this.#stage.scenario.git
        ? (mutation?.repositories?.(repositories) ?? repositories)
        : undefined,
      activities: mutation?.activities?.(activities, ports.clock) ?? activities,
      marketplace: mutation?.marketplace?.(marketplace) ?? marketplace,
      storage: mutation?.storage?.(ports.storage) ?? ports.storage,
      store: mutation?.store?.(ports.store, this.#disk) ?? ports.store,
    };
  }

  /** It is asked again as soon as it has answered, so up to the first thing that is not read all is known. */
  #listening(activities: ActivityLog): ActivityLog {
    return delegate(activities, {
      syncedUntilMs: async (account) => {
        await activities.syncedUntilMs(account);
        const untilMs = this.#homeserver.syncedUntilMs(this.#readTo);
        return untilMs + this.#skewAt(untilMs);
      },
      listenedMs: async (account) => {
        await activities.listenedMs(account);
        return this.#homeserver.syncedUntilMs(this.#readTo);
      },
      record: async (account, position, seen, nowMs) => {
        // The true time stands for the time listened.
        const fromMs = await activities.listenedMs(account);
        const trueMs = this.#stage.timeline.nowMs;
        const listened = { fromMs, untilMs: trueMs, nowMs: trueMs };
        await activities.record(account, position, seen, nowMs, nowMs, listened);
      },
    });
  }

  /** What the machine's clock showed then besides the true time. */
  #skewAt(momentMs: number): number {
    const since = this.#clockSets.filter(({ atMs }) => atMs > momentMs);
    return since.reduce((skewMs, { byMs }) => skewMs - byMs, this.#stage.skewMs);
  }

  /** Notes which process works under which lease. */
  #noting(process: string, hirings: HiringStore): HiringStore {
    return delegate(hirings, {
      claim: async (request) => {
        const claims = await hirings.claim(request);
        for (const { record, token } of claims) {
          this.#claims.set(`${process} ${record.hiringId}`, token);
          if (record.attempt !== undefined) this.#others.claimed(process, record.attempt.taskId);
        }
        for (const claim of claims) {
          this.#uploads.claimed(process, claim.record.hiringId);
          this.#decisions.claimed(process, claim);
          this.#patience.claimed(process, claim, request.nowMs);
        }
        return claims;
      },
      commit: async (claim, step, nowMs) => {
        const { hiringId, attempt } = claim.record;
        if (attempt !== undefined && step.progress !== undefined) {
          this.#judged.committed(hiringId, attempt.number, step.progress);
        }
        const outcome = await hirings.commit(claim, step, nowMs);
        if (outcome === 'committed') {
          this.#uploads.committed(process, hiringId);
          this.#decisions.committed(process, claim, step);
          this.#patience.committed(process, claim, step);
        }
        if (outcome === 'committed' && attempt !== undefined && step.progress !== undefined) {
          this.#others.committed(process, attempt.taskId);
        }
        return outcome;
      },
    });
  }

  /** What a process asks of marketplace and homeserver, as far as they know who asks. */
  #asking(
    process: string,
    transactionId: Parameters<FakeHomeserver['seenBy']>[1],
  ): Pick<Outside, 'marketplace' | 'messenger' | 'rooms'> {
    const marketplace = this.#marketplace.seenBy(process);
    return {
      marketplace: delegate(marketplace, {
        readHiring: async (agentId, hiringId, ask) => {
          const read = await marketplace.readHiring(agentId, hiringId, ask);
          if (read.kind === 'found') this.#decisions.shown(process, hiringId);
          return read;
        },
      }),
      messenger: this.#homeserver.seenBy(process, transactionId),
      rooms: this.#rooms,
    };
  }

  /** Notes what a process asks of marketplace and homeserver as it makes the request, and when they want patience. */
  #patient<Ports extends Pick<Outside, 'marketplace' | 'messenger' | 'rooms'>>(
    process: string,
    ports: Ports,
  ): Ports {
    const { marketplace, messenger, rooms } = ports;
    const noting = async <
      Answer extends { readonly kind: string; readonly retryAfterMs?: number | undefined },
    >(
      hiringId: HiringId,
      request: Request,
      call: () => Promise<Answer>,
    ): Promise<Answer> => {
      const wanted = this.#patience.asks(process, hiringId, request);
      const answer = await call();
      if (answer.kind === 'limited' || answer.kind === 'later') wanted(answer.retryAfterMs ?? 0);
      return answer;
    };
    return {
      ...ports,
      marketplace: delegate(marketplace, {
        settle: async (agentId, hiringId, settlement) =>
          await noting(
            hiringId,
            'settlement',
            async () => await marketplace.settle(agentId, hiringId, settlement),
          ),
        upload: async (agentId, hiringId, artifacts) =>
          await noting(
            hiringId,
            'upload',
            async () => await marketplace.upload(agentId, hiringId, artifacts),
          ),
      }),
      messenger: delegate(messenger, {
        send: async (message) => {
          const isFirst = message.purpose === 'assignment' && message.number === 1;
          const send = async () => await messenger.send(message);
          return await (isFirst ? noting(message.hiringId, 'assignment', send) : send());
        },
      }),
      rooms: delegate(rooms, {
        open: async (order) => await noting(order.hiringId, 'room', async () => await rooms.open(order)),
      }),
    };
  }

  /** Notes what each process is shown of a task folder. */
  #looking(process: string): TaskStorage {
    const folders = this.#folders;
    return delegate<TaskStorage>(folders, {
      inspect: async (taskId, expected) => {
        const found = await folders.inspect(taskId, expected);
        if (found.kind === 'folder') this.#others.looked(process, taskId);
        return found;
      },
    });
  }

  #told(line: string): void {
    this.#stage.trace.note(line);
    if (line.includes(CANARY)) this.#stage.violations.add('broken', 'no secret is revealed', line);
  }

  #planMishaps(): void {
    const { timeline, scenario } = this.#stage;
    const within = (): number => this.#fate.between(1, scenario.chaosMs);
    for (let count = 0; count < scenario.workerCrashes; count += 1) {
      const worker = this.#fate.between(0, 7);
      timeline.after(within(), () => this.#workers.crash(worker));
    }
    for (let count = 0; count < scenario.clockJumps; count += 1) {
      const jumpMs = this.#fate.chance(0.5)
        ? this.#fate.between(1, 3600) * SECOND
        : -this.#fate.between(1, 600) * SECOND;
      timeline.after(within(), () => this.#setClock(jumpMs));
    }
    if (scenario.startsAheadMs !== 0) timeline.after(within(), () => this.#setClock(-scenario.startsAheadMs));
    for (let count = 0; count < scenario.outsideClockJumps; count += 1) {
      const { clock } = this.#fate.pick<{ clock: OutsideClock }>(this.#marketplace, this.#homeserver);
      const jumpMs = this.#fate.between(-3600, 3600) * SECOND;
      timeline.after(within(), () => {
        clock.jump(jumpMs);
        this.#stage.clockSetAtMs = timeline.nowMs;
        this.#stage.trace.note(`a clock outside jumps by ${jumpMs / SECOND} s`);
      });
    }
    for (let count = 0; count < scenario.restarts; count += 1) {
      timeline.after(within(), () => {
        const process = this.#processes.find(({ alive }) => alive);
        process?.stop(() => process.die('was stopped'));
      });
    }
  }

  /** Where the clock is set at all, it is set ahead now and then in the middle of what a worker says. */
  #setAheadMeanwhile(): void {
    const { faulty, scenario, timeline } = this.#stage;
    if (!faulty || scenario.clockJumps === 0 || this.#fate.chance(0.5)) return;
    const jumpMs = this.#fate.between(10, 3600) * SECOND;
    timeline.after(this.#fate.between(200, 4000), () => this.#setClock(jumpMs));
  }

  /** Somebody sets the clock of the machine. */
  #setClock(byMs: number): void {
    const stage = this.#stage;
    stage.skewMs += byMs;
    this.#clockSets.push({ atMs: stage.timeline.nowMs, byMs });
    stage.clockSetAtMs = stage.timeline.nowMs;
    stage.trace.note(`the clock jumps by ${byMs / SECOND} s`);
  }

  #planSweep(): void {
    const { timeline, scenario } = this.#stage;
    const { sweepMs } = scenario;
    if (sweepMs === undefined) return;
    timeline.after(sweepMs, () => {
      this.#intakes.sweep(this.#fate.pick('mcp', 'poll'));
      this.#planSweep();
    });
  }

  #planActivities(waitMs: number): void {
    if (this.#readingActivities) return;
    this.#readingActivities = true;
    this.#stage.timeline.after(waitMs, () => this.#readActivity());
  }

  /** One process reads the activity stream; when it does not come back, another does. */
  #readActivity(): void {
    const process = this.#processes.find((one) => one.alive && !one.stalled);
    if (process === undefined || !this.#homeserver.isUp) {
      this.#stage.timeline.after(5 * SECOND, () => this.#readActivity());
      return;
    }
    let done = false;
    const before = this.#homeserver.activities.length;
    process.readActivity(ACCOUNT, this.#homeserver.received(), (readTo) => {
      this.#readTo = readTo;
      if (done) return;
      done = true;
      this.#readingActivities = false;
      if (this.#homeserver.activities.length > before) this.#planActivities(100);
    });
    this.#stage.timeline.after(40 * SECOND, () => {
      if (done) return;
      done = true;
      this.#readingActivities = false;
      this.#planActivities(100);
    });
  }
}
