import {
  delegate,
  instantOf,
  passedMs,
  type Claim,
  type Clock,
  type HiringId,
  type HiringStore,
  type Instant,
} from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from './context.ts';

/** The step came too late: its lease ran out, and its hiring is another's to work on. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor(hiringId: HiringId) {
    super(`hiring ${hiringId} was taken over while a step ran`);
  }
}

/**
 * The lease of one claimed hiring. A process may stand still at any await and wake up long after another
 * took over, so what a step does outside asks here first.
 */
export class Lease {
  readonly #claim: Claim;
  readonly #store: Pick<HiringStore, 'renew'>;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  #from: Instant;
  #lost = false;

  /** @param from when the hiring was claimed */
  constructor(claim: Claim, store: Pick<HiringStore, 'renew'>, clock: Clock, leaseMs: number, from: Instant) {
    this.#claim = claim;
    this.#store = store;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.#from = from;
  }

  /** Renews the lease until `done`, or until it is lost. */
  async keep(done: AbortSignal, onError: (cause: unknown) => void): Promise<void> {
    while (!this.#lost) {
      await this.#clock.sleep(Math.floor(this.#leaseMs / 3), done);
      if (done.aborted) return;
      try {
        await this.#renew();
      } catch (error) {
        onError(error);
      }
    }
  }

  /** Nothing more is begun under it. */
  lose(): void {
    this.#lost = true;
  }

  /** False when by our own clock another may have taken over. */
  get isHeld(): boolean {
    return !this.#lost && passedMs(this.#clock, this.#from) < this.#leaseMs;
  }

  /** Throws `LeaseLostError` when by our own clock another may have taken over. */
  assertHeld(): void {
    if (!this.isHeld) throw new LeaseLostError(this.#claim.record.hiringId);
  }

  /** Throws `LeaseLostError` when the store or our own clock says that it is lost: for what cannot be taken back. */
  async assertHeldInStore(): Promise<void> {
    this.assertHeld();
    await this.#renew();
    this.assertHeld();
  }

  async #renew(): Promise<void> {
    const from = instantOf(this.#clock);
    if (await this.#store.renew(this.#claim, from.nowMs, this.#leaseMs)) {
      this.#from = from;
    } else {
      this.#lost = true;
    }
  }
}

/** Has no effect outside, or none that another process could mind. */
const FREE = 'free';

/** Every method of a port, each with a guard before it, or named as free: one that is left out does not compile. */
export type Guards<Port> = { readonly [Method in keyof Required<Port>]: Port[Method] | typeof FREE };

/** Every port of the engine: a new one is named as well. */
type AllPorts = { readonly [Port in keyof Required<EnginePorts>]: EnginePorts[Port] };

function guarded<Port extends object>(port: Port, guards: Guards<Port>): Port {
  const replaced: Partial<Port> = {};
  for (const method in guards) {
    const guard = guards[method];
    if (isGuard<Port[typeof method]>(guard)) replaced[method] = guard;
  }
  return delegate(port, replaced);
}

function isGuard<Method>(guard: Method | typeof FREE): guard is Method {
  return guard !== FREE;
}

/** The ports of one step: what has an effect outside is not begun without the lease. */
export function underLease(ports: EnginePorts, lease: Lease): EnginePorts {
  const { marketplace, messenger, rooms, storage, lifecycle, repositories, manager } = ports;
  const all: AllPorts = {
    clock: ports.clock,
    random: ports.random,
    taskIds: ports.taskIds,
    // A commit needs the claim.
    store: ports.store,
    activities: ports.activities,
    marketplaceClock: ports.marketplaceClock,
    directory: ports.directory,
    repositoryPlaces: ports.repositoryPlaces,
    marketplace: guarded(marketplace, {
      readHiring: FREE,
      artifacts: FREE,
      artifactDigest: FREE,
      context: FREE,
      /**
       * A process that stands still behind this look sends when its hiring is another's, and nobody can hold that back. So
       * what it may do is bounded by what it sends: the stored bytes under the stored key, of one endpoint that ends the hiring.
       * - Sent by the other process as well, it is the same request: the marketplace answers it as it did before.
       * - Where the other one has settled otherwise, under another key or as a failure, or the hiring is over, the marketplace
       *   refuses it: each escrow is released or refunded once.
       * - Where the hirer has it run again, the result of the attempt before is taken for the one that runs: it passed the
       *   gate for this very hiring, is paid once, and the other process reads that the hiring is over and stops its worker.
       * In no case does this process store anything of it, for its commit needs the lease.
       */
      settle: async (...given) => {
        await lease.assertHeldInStore();
        return await marketplace.settle(...given);
      },
      /** The same of an upload: its key is made of its bytes, and a file that no result names is paid for by nobody. */
      upload: async (...given) => {
        await lease.assertHeldInStore();
        return await marketplace.upload(...given);
      },
      sendMessage: async (...given) => {
        lease.assertHeld();
        return await marketplace.sendMessage(...given);
      },
    }),
    repositories:
      repositories === undefined
        ? undefined
        : guarded(repositories, {
            source: FREE,
            push: async (order) => {
              await lease.assertHeldInStore();
              return await repositories.push(order);
            },
          }),
    messenger: guarded(messenger, {
      findAssignments: FREE,
      send: async (message) => {
        lease.assertHeld();
        const outcome = await messenger.send(message);
        const mayStand = outcome.kind === 'sent' || outcome.kind === 'unknown';
        // The process that took over may see nobody notified, and stop nobody.
        if (message.purpose === 'assignment' && mayStand && !lease.isHeld)
          await ports.store.noteLate(message, ports.clock.nowMs());
        return outcome;
      },
    }),
    rooms: guarded(rooms, {
      open: async (order) => {
        lease.assertHeld();
        return await rooms.open(order);
      },
    }),
    storage: guarded(storage, {
      inspect: FREE,
      verify: FREE,
      collect: FREE,
      read: FREE,
      addMessage: async (...given) => {
        lease.assertHeld();
        return await storage.addMessage(...given);
      },
      forgetToken: async (order) => {
        lease.assertHeld();
        return await storage.forgetToken(order);
      },
      stage: async (order) => {
        lease.assertHeld();
        return await storage.stage(order);
      },
      noteDelegated: async (...given) => {
        lease.assertHeld();
        await storage.noteDelegated(...given);
      },
    }),
    lifecycle: guarded(lifecycle, {
      ensureReady: async (worker) => {
        lease.assertHeld();
        return await lifecycle.ensureReady(worker);
      },
    }),
    manager:
      manager === undefined
        ? undefined
        : guarded(manager, {
            lookAfter: async (task) => {
              lease.assertHeld();
              return await manager.lookAfter(task);
            },
          }),
  };
  return all;
}
