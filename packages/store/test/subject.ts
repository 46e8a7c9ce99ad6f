import type {
  AlertLog,
  HiringStore,
  Leases,
  LongTexts,
  SendBudget,
  ActivityLog,
} from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach } from 'vitest';

/** The ports of one process. */
export interface Ports {
  readonly hirings: HiringStore;
  readonly leases: Leases;
  readonly activities: ActivityLog & LongTexts;
  readonly budgets: SendBudget;
  readonly alerts: AlertLog;
}

/** An implementation of the ports that the contracts are run against, empty at first. */
export interface Subject extends Ports {
  /** What the implementation takes for now, in milliseconds. */
  readonly clock: { nowMs: number };
  /** A second process on the same data, under the same clock. */
  another(): Promise<Ports>;
  /** Ends every process on the data and starts a new one. */
  restart(): Promise<Ports>;
  /** Ends everything and removes the data. */
  close(): Promise<void>;
}

export type OpenSubject = () => Promise<Subject>;

/** A subject that is a new one in every test of the block that this is called in. */
export function freshSubject(open: OpenSubject): Subject {
  let present: Subject | undefined;
  const now = (): Subject => {
    if (present === undefined) throw new Error('a subject is there in tests only');
    return present;
  };
  beforeEach(async () => {
    present = await open();
  });
  afterEach(async () => {
    await present?.close();
    present = undefined;
  });
  return {
    get hirings() {
      return now().hirings;
    },
    get leases() {
      return now().leases;
    },
    get activities() {
      return now().activities;
    },
    get budgets() {
      return now().budgets;
    },
    get alerts() {
      return now().alerts;
    },
    get clock() {
      return now().clock;
    },
    another: async () => await now().another(),
    restart: async () => await now().restart(),
    close: async () => {
      await now().close();
    },
  };
}
