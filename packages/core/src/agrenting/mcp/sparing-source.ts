import type { KeyBudget } from '../request-budget.ts';
import type { HiringSource, SessionRead } from './hiring-source.ts';

/** A session that is opened for one read costs several requests, which are spent without asking; so many reads at once cost no more than a tenth. */
const MAX_READS = 2;

/** Lets an agent's sessions be asked about unconfirmed hirings, as far as that leaves requests to everything else. */
export class SparingReads {
  #running = 0;

  /** The same source, which answers `unavailable` to reads while two run, or while less than `reserveShare` (0 to 1) of the budget is left. */
  of(source: HiringSource, budget: KeyBudget, reserveShare: number): Pick<HiringSource, 'readHiring'> {
    return {
      readHiring: async (hiringId): Promise<SessionRead> => {
        if (this.#running >= MAX_READS || !(await budget.has(reserveShare))) {
          return {
            kind: 'unavailable',
            problem: 'the remaining requests are reserved for confirmed hirings',
          };
        }
        this.#running += 1;
        try {
          return await source.readHiring(hiringId);
        } finally {
          this.#running -= 1;
        }
      },
    };
  }
}
