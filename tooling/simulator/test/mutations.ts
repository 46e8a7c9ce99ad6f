import {
  delegate,
  ENDS,
  type Claim,
  type HiringStore,
  type Marketplace,
  type Repositories,
  type ActivityLog,
  type StoredActivity,
  type TaskId,
  type TaskStorage,
} from '@agrenting-hiclaw/core/domain';
import { NO_FAULTS, type Scenario } from '../src/scenario.ts';
import type { Mutation } from '../src/simulate.ts';

const HOUR_MS = 3_600_000;
const ENDED: ReadonlySet<string> = new Set(ENDS);

/** A bug, and the rules of which one is seen broken first. */
export interface PlantedBug {
  readonly mutation: Mutation;
  readonly breaks: readonly string[];
  /** Where it shows soon, while a usual run shows it seldom. */
  readonly grounds?: Partial<Scenario>;
}

function withoutReport(claim: Claim): Claim {
  const { record } = claim;
  if (record.attempt === undefined || record.state !== 'submitted') return claim;
  const progress = { ...record.attempt.progress, reported: undefined };
  return { ...claim, record: { ...record, attempt: { ...record.attempt, progress } } };
}

function withoutOpening(claim: Claim): Claim {
  const { record } = claim;
  if (record.attempt === undefined) return claim;
  const progress = { ...record.attempt.progress, openedTheirMs: undefined };
  return { ...claim, record: { ...record, attempt: { ...record.attempt, progress } } };
}

/** Without what stands before the adapter's name in it, and without what quotes it. */
function undressed(activity: StoredActivity): StoredActivity {
  return { ...activity, text: activity.text?.replace(/^[^@]{1,200}(?=@agrenting)/, '').replaceAll('`', '') };
}

/** Several hirings whose workers all deliver, with little in their way. */
const OTHERS_AT_WORK: Partial<Scenario> = {
  diligence: true,
  hirings: 6,
  asksForYes: false,
  digests: 'none',
  forgeries: 0,
  otherWorker: false,
  intruder: false,
  git: false,
};

/** Another task than the given one, of those that were asked for; itself where there is none. */
function tasksBesides(): (taskId: TaskId) => TaskId {
  const asked = new Set<TaskId>();
  return (taskId) => {
    asked.add(taskId);
    return [...asked].find((other) => other !== taskId) ?? taskId;
  };
}

/** Reads some of the files of another task, where it has one of that name. */
function readsBesides(isRead: (name: string) => boolean): (inner: TaskStorage) => TaskStorage {
  return (inner) => {
    const besides = tasksBesides();
    return delegate(inner, {
      read: async (taskId, name, maxBytes) => {
        const from = isRead(name) ? besides(taskId) : taskId;
        const found = await inner.read(from, name, maxBytes);
        return found.kind === 'file' ? found : await inner.read(taskId, name, maxBytes);
      },
    });
  };
}

/** Each is a bug as somebody might write it, planted in front of the real parts. */
export const mutations: Readonly<Record<string, PlantedBug>> = {
  'messages get a new transaction id each time': {
    breaks: ['one message per attempt, purpose and number'],
    mutation: {
      transactionId: (prng) => () => `random-${prng.next()}`,
    },
  },
  'a settlement whose answer was lost is sent again under a new key': {
    breaks: ['a settlement is stored before it is sent', 'a read stands before each settlement'],
    mutation: {
      marketplace: (inner): Marketplace =>
        delegate(inner, {
          settle: async (agentId, hiringId, settlement) => {
            const outcome = await inner.settle(agentId, hiringId, settlement);
            if (outcome.kind !== 'unknown') return outcome;
            const idempotencyKey = `${settlement.idempotencyKey}-again`;
            return await inner.settle(agentId, hiringId, { ...settlement, idempotencyKey });
          },
        }),
    },
  },
  'what no answer confirms is sent again at once': {
    breaks: ['a read stands before each settlement'],
    mutation: {
      marketplace: (inner): Marketplace =>
        delegate(inner, {
          settle: async (agentId, hiringId, settlement) => {
            const outcome = await inner.settle(agentId, hiringId, settlement);
            if (outcome.kind !== 'unconfirmed' && outcome.kind !== 'other_way') return outcome;
            return await inner.settle(agentId, hiringId, settlement);
          },
        }),
    },
  },
  'what is asked for patience comes again at once': {
    breaks: ['who is asked for patience has it'],
    mutation: {
      marketplace: (inner): Marketplace =>
        delegate(inner, {
          settle: async (agentId, hiringId, settlement) => {
            const outcome = await inner.settle(agentId, hiringId, settlement);
            return outcome.kind === 'later' ? { ...outcome, retryAfterMs: 0 } : outcome;
          },
          upload: async (agentId, hiringId, artifacts) => {
            const outcome = await inner.upload(agentId, hiringId, artifacts);
            return outcome.kind === 'later' ? { ...outcome, retryAfterMs: 0 } : outcome;
          },
        }),
    },
  },
  'what is pushed is not what was judged': {
    breaks: ['what is pushed is what was judged, byte for byte'],
    grounds: { git: true },
    mutation: {
      repositories: (inner): Repositories =>
        delegate(inner, {
          source: async (access) => await inner.source(access),
          push: async (order) => {
            const delivery = {
              ...order.delivery,
              bytes: Buffer.from(`another ${order.delivery.bytes.toString()}`),
            };
            return await inner.push({ ...order, delivery });
          },
        }),
    },
  },
  'a push whose answer was lost is taken for one': {
    breaks: ['a result names only commits that the repository has'],
    grounds: {
      git: true,
      diligence: true,
      hirings: 6,
      asksForYes: false,
      rates: { ...NO_FAULTS, gitFails: 0.5 },
    },
    mutation: {
      repositories: (inner): Repositories => ({
        source: async (access) => await inner.source(access),
        push: async (order) => {
          const outcome = await inner.push(order);
          if (outcome.kind !== 'unavailable') return outcome;
          return { kind: 'pushed', branch: order.base.branch, commits: ['as told'], filesChanged: [] };
        },
      }),
    },
  },
  'a marker counts wherever it stands': {
    breaks: ['nothing follows from what a worker did not mean'],
    mutation: {
      activities: (inner): ActivityLog =>
        delegate(inner, {
          since: async (roomId, userId, sequence, limit) =>
            (await inner.since(roomId, userId, sequence, limit)).map(undressed),
        }),
    },
  },
  'what was said counts while nobody listens': {
    breaks: ['nothing follows from what a worker did not mean'],
    mutation: {
      activities: (inner, clock): ActivityLog =>
        delegate(inner, {
          listenedMs: async () => await Promise.resolve(clock.elapsedMs()),
        }),
    },
  },
  'how long it has been still is measured by a clock that is set': {
    breaks: ['nothing follows from what a worker did not mean'],
    grounds: { clockJumps: 2, startsAheadMs: 0 },
    mutation: {
      activities: (inner, clock): ActivityLog =>
        delegate(inner, {
          listenedMs: async (account) => (await inner.syncedUntilMs(account)) ?? 0,
          record: async (account, position, seen, nowMs) => {
            const listened = {
              fromMs: (await inner.syncedUntilMs(account)) ?? 0,
              untilMs: clock.nowMs(),
              nowMs: clock.nowMs(),
            };
            await inner.record(account, position, seen, nowMs, nowMs, listened);
          },
        }),
    },
  },
  'our clock is taken for that of the marketplace': {
    breaks: ['nothing is failed for a deadline that has not come'],
    mutation: { marketplaceClock: { readings: 1, toOurs: (theirMs) => theirMs, toTheirs: (ourMs) => ourMs } },
  },
  'the time without a deadline counts from when our own clock said that it began': {
    breaks: ['nothing is failed for a deadline that has not come'],
    grounds: { startsAheadMs: -8 * 3_600_000, hirings: 6, longOutage: undefined },
    mutation: {
      store: (inner): HiringStore =>
        delegate(inner, {
          claim: async (request) => (await inner.claim(request)).map(withoutOpening),
        }),
    },
  },
  'what is known of the money is forgotten': {
    breaks: ['what happens to the money is reported once'],
    grounds: { disputes: true, diligence: true },
    mutation: {
      store: (inner, disk): HiringStore =>
        delegate(inner, {
          claim: async (request) => {
            disk.tamper("update hirings set money = 'paid' where state = 'completed'");
            return await inner.claim(request);
          },
        }),
    },
  },
  'what has ended is never read again': {
    breaks: ['nothing acknowledged is lost'],
    grounds: { disputes: true, diligence: true },
    mutation: {
      store: (inner, disk): HiringStore =>
        delegate(inner, {
          claim: async (request) => {
            disk.tamper('update hirings set next_reread_at_ms = null');
            return await inner.claim(request);
          },
        }),
    },
  },
  "another task's result is taken for that of this one": {
    breaks: ['a result is what the worker delivered for this attempt'],
    grounds: OTHERS_AT_WORK,
    mutation: {
      storage: (inner): TaskStorage => {
        const besides = tasksBesides();
        return delegate(inner, {
          collect: async (taskId) => {
            const own = await inner.collect(taskId);
            const other = await inner.collect(besides(taskId));
            if (own.kind !== 'result' || other.kind !== 'result' || other.result.text === '') return own;
            return { ...own, result: { ...own.result, text: other.result.text } };
          },
        });
      },
    },
  },
  "files are read from another task's folder": {
    breaks: ['a result is what the worker delivered for this attempt'],
    grounds: OTHERS_AT_WORK,
    mutation: { storage: readsBesides((name) => name.startsWith('part-')) },
  },
  "a change is read from another task's folder": {
    breaks: ['what is pushed is what the worker delivered for this attempt'],
    grounds: { ...OTHERS_AT_WORK, git: true },
    mutation: { storage: readsBesides((name) => name === 'change.patch') },
  },
  'what was uploaded is uploaded again': {
    breaks: ['one upload of a file per attempt'],
    grounds: OTHERS_AT_WORK,
    mutation: {
      marketplace: (inner): Marketplace =>
        delegate(inner, {
          upload: async (agentId, hiringId, artifacts) => {
            await inner.upload(agentId, hiringId, artifacts.toReversed());
            return await inner.upload(agentId, hiringId, artifacts);
          },
        }),
    },
  },
  'what is uploaded is not what was judged': {
    breaks: ['what is paid is what was judged, byte for byte'],
    mutation: {
      marketplace: (inner): Marketplace =>
        delegate(inner, {
          upload: async (agentId, hiringId, artifacts) =>
            await inner.upload(
              agentId,
              hiringId,
              artifacts.map((artifact) => ({ ...artifact, sha256: `another ${artifact.sha256}` })),
            ),
        }),
    },
  },
  'a result that waits for a yes goes on without one': {
    breaks: ['what wants a yes is paid as it was said yes to'],
    mutation: {
      store: (inner): HiringStore =>
        delegate(inner, {
          commit: async (claim, step, nowMs) => {
            const { attention } = step.progress ?? {};
            // A placeholder that is paid is found by another rule.
            if (
              step.progress === undefined ||
              attention?.held === undefined ||
              attention.held.text === 'Done.'
            ) {
              return await inner.commit(claim, step, nowMs);
            }
            const { files, ...result } = attention.held;
            // What was pushed is named by the SHA-256, too.
            const { pushed } = step.progress.accepted ?? {};
            const accepted = { result, files, sha256: attention.sha256 ?? '', digest: '', pushed };
            const progress = { ...step.progress, attention: undefined, accepted };
            return await inner.commit(claim, { cause: 'planted', dueAtMs: nowMs, progress }, nowMs);
          },
        }),
    },
  },
  'what the outside caused is never tried again': {
    breaks: ['nothing acknowledged is lost'],
    mutation: {
      store: (inner): HiringStore =>
        delegate(inner, {
          commit: async (claim, step, nowMs) => {
            const { attention } = step.progress ?? {};
            if (step.progress === undefined || attention?.retryAtMs === undefined) {
              return await inner.commit(claim, step, nowMs);
            }
            const progress = { ...step.progress, attention: { ...attention, retryAtMs: undefined } };
            return await inner.commit(claim, { ...step, progress }, nowMs);
          },
        }),
    },
  },
  'an end that was heard again keeps the due time of a clock that was ahead': {
    breaks: ['nothing waits for longer than anything may', 'nothing acknowledged is lost'],
    grounds: {
      startsAheadMs: 8 * HOUR_MS,
      hirings: 6,
      rates: { ...NO_FAULTS, readFails: 0.9 },
      longOutage: undefined,
      sweepMs: undefined,
    },
    mutation: {
      store: (inner, disk): HiringStore =>
        delegate(inner, {
          claim: async (request) => {
            const far = disk.hirings().filter(
              // Those that are leased run out with their leases.
              ({ state, leaseToken, dueAtMs }) =>
                ENDED.has(state) && leaseToken === null && (dueAtMs ?? 0) > request.nowMs + HOUR_MS,
            );
            const change = 'update hirings set due_at_ms = ? where id = ?';
            for (const { id } of far) disk.tamper(change, null, id);
            const claims = await inner.claim(request);
            for (const { id, dueAtMs } of far) disk.tamper(`${change} and due_at_ms is null`, dueAtMs, id);
            return claims;
          },
        }),
    },
  },
  'what lay there before the worker came is forgotten': {
    breaks: ['what was seen before its worker came is paid to nobody'],
    grounds: {
      otherWorker: true,
      diligence: true,
      asksForYes: false,
      digests: 'none',
      hirings: 6,
      forgeries: 0,
      outages: 0,
      longOutage: undefined,
      startsAheadMs: 0,
      disputes: false,
      git: false,
    },
    mutation: {
      store: (inner): HiringStore =>
        delegate(inner, {
          commit: async (claim, step, nowMs) => {
            const { progress } = step;
            const forgotten =
              progress === undefined ? undefined : { ...progress, planted: undefined, unproven: undefined };
            return await inner.commit(claim, { ...step, progress: forgotten }, nowMs);
          },
        }),
    },
  },
  'nobody looks whether our own words were changed': {
    breaks: ['what was delivered after our words were changed is held'],
    mutation: {
      storage: (inner): TaskStorage =>
        delegate(inner, {
          inspect: async (taskId, expected) => {
            const found = await inner.inspect(taskId, expected);
            return found.kind === 'folder' ? { ...found, changed: [] } : found;
          },
          verify: async () => await Promise.resolve({ kind: 'same' }),
        }),
    },
  },
  'what the worker reported is not compared with what lies there': {
    breaks: ['a result is the one that its worker reported'],
    grounds: {
      otherWorker: true,
      digests: 'required',
      diligence: true,
      asksForYes: false,
      hirings: 6,
      forgeries: 0,
      clockJumps: 0,
      outages: 0,
      longOutage: undefined,
      startsAheadMs: 0,
      disputes: false,
      git: false,
    },
    mutation: {
      store: (inner): HiringStore =>
        delegate(inner, {
          claim: async (request) => (await inner.claim(request)).map(withoutReport),
        }),
    },
  },
  'what is heard again wakes nothing': {
    breaks: ['nothing acknowledged is lost'],
    mutation: {
      store: (inner): HiringStore => {
        const receivedBefore = new Set<string>();
        return delegate(inner, {
          accept: async (received) => {
            const fresh = received.filter(
              ({ parsed }) => parsed.kind !== 'hiring' || !receivedBefore.has(parsed.hiring.hiringId),
            );
            const outcomes = await inner.accept(fresh);
            for (const { parsed } of received)
              if (parsed.kind === 'hiring') receivedBefore.add(parsed.hiring.hiringId);
            return outcomes;
          },
        });
      },
    },
  },
  'a commit does not look whether its lease was lost': {
    breaks: [
      'moves follow each other',
      'the history tells the state',
      'ends never change',
      'no step fails in a way that nobody foresaw',
    ],
    mutation: {
      store: (inner, disk): HiringStore =>
        delegate(inner, {
          commit: async (claim, step, nowMs) => {
            const { hiringId, state, attempt } = claim.record;
            disk.tamper(
              'update hirings set lease_token = ?, state = ?, attempt = ? where id = ?',
              claim.token,
              state,
              attempt?.number ?? 0,
              hiringId,
            );
            return await inner.commit(claim, step, nowMs);
          },
        }),
    },
  },
  'a step is committed in two transactions': {
    breaks: ['no step fails in a way that nobody foresaw', 'nothing acknowledged is lost'],
    mutation: {
      store: (inner, disk): HiringStore =>
        delegate(inner, {
          commit: async (claim, step, nowMs) => {
            const { hiringId, attempt } = claim.record;
            if (step.progress === undefined || step.event === undefined || step.open !== undefined) {
              return await inner.commit(claim, step, nowMs);
            }
            const outcome = await inner.commit(claim, { ...step, progress: undefined }, nowMs);
            // Lost when the process dies before it comes back from here.
            await inner.nextDueAtMs();
            disk.tamper(
              'update attempts set progress = ?, room_id = ?, user_id = ? where hiring_id = ? and number = ?',
              JSON.stringify(step.progress),
              step.progress.worker?.roomId ?? null,
              step.progress.worker?.userId ?? null,
              hiringId,
              attempt?.number ?? 0,
            );
            return outcome;
          },
        }),
    },
  },
};
