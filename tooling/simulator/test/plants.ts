import type { HiringStore, Marketplace } from '@agrenting-hiclaw/core/domain';
import type { Plant } from '../src/simulate.ts';

/** A bug, and the rules of which one is seen broken first. */
export interface PlantedBug {
  readonly plant: Plant;
  readonly breaks: readonly string[];
}

/** Each is a bug as somebody might write it, planted in front of the real parts. */
export const plants: Readonly<Record<string, PlantedBug>> = {
  'messages get a new transaction id each time': {
    breaks: ['one message per attempt, purpose and number'],
    plant: {
      transactionId: (dice) => () => `random-${dice.next()}`,
    },
  },
  'a settlement whose answer was lost is sent again under a new key': {
    breaks: ['a settlement is stored before it is sent', 'a read stands before each settlement'],
    plant: {
      marketplace: (inner): Marketplace => ({
        ...inner,
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
    plant: {
      marketplace: (inner): Marketplace => ({
        ...inner,
        settle: async (agentId, hiringId, settlement) => {
          const outcome = await inner.settle(agentId, hiringId, settlement);
          if (outcome.kind !== 'unconfirmed' && outcome.kind !== 'other_way') return outcome;
          return await inner.settle(agentId, hiringId, settlement);
        },
      }),
    },
  },
  'what is uploaded is not what was judged': {
    breaks: ['what is paid is what was judged, byte for byte'],
    plant: {
      marketplace: (inner): Marketplace => ({
        ...inner,
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
    plant: {
      store: (inner): HiringStore => ({
        ...inner,
        commit: async (claim, step, nowMs) => {
          const { attention } = step.progress ?? {};
          if (step.progress === undefined || attention?.held === undefined) {
            return await inner.commit(claim, step, nowMs);
          }
          const { files, ...result } = attention.held;
          const accepted = { result, files, sha256: attention.sha256 ?? '', digest: '' };
          const progress = { ...step.progress, attention: undefined, accepted };
          return await inner.commit(claim, { cause: 'planted', dueAtMs: nowMs, progress }, nowMs);
        },
      }),
    },
  },
  'what the outside caused is never tried again': {
    breaks: ['nothing acknowledged is lost'],
    plant: {
      store: (inner): HiringStore => ({
        ...inner,
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
  'what is heard again wakes nothing': {
    breaks: ['nothing acknowledged is lost'],
    plant: {
      store: (inner): HiringStore => {
        const heardBefore = new Set<string>();
        return {
          ...inner,
          accept: async (heard) => {
            const fresh = heard.filter(
              ({ parsed }) => parsed.kind !== 'hiring' || !heardBefore.has(parsed.hiring.hiringId),
            );
            const outcomes = await inner.accept(fresh);
            for (const { parsed } of heard)
              if (parsed.kind === 'hiring') heardBefore.add(parsed.hiring.hiringId);
            return outcomes;
          },
        };
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
    plant: {
      store: (inner, disk): HiringStore => ({
        ...inner,
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
    plant: {
      store: (inner, disk): HiringStore => ({
        ...inner,
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
