/** Places for calls that may take minutes, fewer than the engine has: a hiring that finds none comes back later. */
export class CallSlots {
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Runs the call unless all places are taken: then it gives undefined at once. */
  async run<Outcome extends object>(call: () => Promise<Outcome>): Promise<Outcome | undefined> {
    if (this.#free <= 0) return undefined;
    this.#free -= 1;
    try {
      return await call();
    } finally {
      this.#free += 1;
    }
  }
}

/** The call in one of the engine's places for repositories, where it has such; undefined when all are taken. */
export async function inSlot<Outcome extends object>(
  { repositoryPlaces }: { readonly repositoryPlaces?: CallSlots | undefined },
  call: () => Promise<Outcome>,
): Promise<Outcome | undefined> {
  return repositoryPlaces === undefined ? await call() : await repositoryPlaces.run(call);
}

/** When a hiring that found no place comes back. */
export const NO_SLOT_WAIT_MS = 1_000;
