import { createHash } from 'node:crypto';
import type {
  PushOrder,
  PushOutcome,
  Repositories,
  RepositoryFailure,
  SourceOutcome,
} from '@agrenting-hiclaw/core/domain';
import { PLANTED, type Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import { digestOf } from './task-folders.ts';
import type { BadAnswer, OutageSchedule } from './outages.ts';

/** A change that is in a hirer's repository. */
export interface PushedChange {
  readonly order: PushOrder;
  readonly sha256: string;
  readonly commit: string;
}

const BASE = createHash('sha1').update('base').digest('hex');

/** Hirers' repositories: what is pushed once stands there once, whatever becomes of the answer. */
export class FakeRepositories implements Repositories {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #outageSchedule: OutageSchedule;
  readonly #commits = new Set<string>();
  onPushed: (change: PushedChange) => void = () => undefined;

  constructor(stage: Stage, prng: Prng, outageSchedule: OutageSchedule) {
    this.#stage = stage;
    this.#prng = prng;
    this.#outageSchedule = outageSchedule;
  }

  /** Whether a commit is in a repository. */
  has(commit: string): boolean {
    return this.#commits.has(commit);
  }

  async source(): Promise<SourceOutcome> {
    const fault = this.#fault();
    if (fault !== undefined) return failureOf(fault.answer);
    return { kind: 'source', bundle: Buffer.from('a bundle'), branch: 'main', commit: BASE };
  }

  async push(order: PushOrder): Promise<PushOutcome> {
    const fault = this.#fault();
    if (fault?.applied === false) return failureOf(fault.answer);
    const sha256 = digestOf(order.delivery.bytes.toString());
    const commit = createHash('sha1').update(`${order.taskId} ${order.atMs} ${sha256}`).digest('hex');
    if (!this.#commits.has(commit)) {
      this.#commits.add(commit);
      this.onPushed({ order, sha256, commit });
    }
    if (fault !== undefined) return failureOf(fault.answer);
    const { branch } = order.base;
    return { kind: 'pushed', branch: `agrenting/${branch}`, commits: [commit], filesChanged: ['sea.txt'] };
  }

  #fault() {
    return this.#outageSchedule.strikes('git', this.#stage.scenario.rates.gitFails, this.#prng);
  }
}

/** What git makes of it: the party that refuses the token or knows no repository may be the host itself. */
function failureOf(answer: BadAnswer): RepositoryFailure {
  const problem = `${PLANTED}: ${answer} to git`;
  const isDenied = answer === 'unauthorized' || answer === 'forbidden';
  return { kind: isDenied ? 'denied' : 'unavailable', problem };
}
