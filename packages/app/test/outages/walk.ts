import { hiringIdSchema, type Transition } from '@agrenting-hiclaw/core/domain';
import { OUTAGE_ANSWERS } from './answers.ts';
import { DURATIONS, type Cell } from './cells.ts';
import type { Outside } from './outside.ts';
import { RunningAdapter } from './running-adapter.ts';

const MINUTE_MS = 60_000;
/** Waits grow to five minutes, and to an hour behind a standstill. */
const AFTERWARDS_MS = 70 * MINUTE_MS;
/** How long the owner looks at a result. */
const DECIDES_MS = 5_000;
const NEVER_MS = 24 * 60 * MINUTE_MS;

/** What became of one hiring through one outage. */
export interface Walked {
  readonly state: string;
  /** As the marketplace has it. */
  readonly status: string;
  /** How often each assignment is in the worker's room. */
  readonly told: readonly string[];
  /** Settlements that changed something at the marketplace. */
  readonly settled: number;
  /** Commits in the hirer's repository that were not there before. */
  readonly pushed: number;
  /** What nobody foresaw. */
  readonly errors: readonly string[];
  readonly transitions: readonly string[];
  /** How long after the outage it was over. */
  readonly lateMs: number;
}

/** Takes one hiring through one outage, until it is over or long enough after it; it is due in `deadlineMs`, if that is given. */
export async function walk(outside: Outside, cell: Cell, deadlineMs?: number): Promise<Walked> {
  const { clock, gates, marketplace, worker } = outside;
  const gate = gates[cell.dependency];
  const answer = OUTAGE_ANSWERS[cell.answer];
  const outage = { answer, applied: cell.applied };
  const transitions: Transition[] = [];
  // The stage is used again: what is still to come of this walk would come in the middle of the next.
  const cancels: (() => void)[] = [];
  const after = (waitMs: number, run: () => void) => void cancels.push(clock.after(waitMs, run));
  let endsAtMs: number | undefined;
  const begin = () => {
    if (endsAtMs !== undefined) return;
    endsAtMs = clock.nowMs() + DURATIONS[cell.duration];
    gate.outage = outage;
    after(DURATIONS[cell.duration], () => (gate.outage = undefined));
  };
  const pushes = cell.dependency === 'git';
  const adapter = new RunningAdapter(outside, {
    meetsSilence: answer.kind === 'silence',
    asksForYes: cell.state === 'attention',
    onTransition: (transition) => {
      transitions.push(transition);
      if (transition.to !== cell.state) return;
      begin();
      if (transition.to === 'attention') {
        after(DECIDES_MS, () => void adapter.approve(hiringIdSchema.parse(transition.hiringId)));
      }
    },
  });
  try {
    const { id } = await outside.hire({ pushes, deadlineMs });
    const hiringId = await adapter.ingest(id);
    if (cell.state === 'received') begin();
    const isOver = () => ENDS.has(transitions.at(-1)?.to ?? '');
    await clock.pass(clock.nowMs() + NEVER_MS, () => isOver() || endsAtMs !== undefined);
    await clock.pass((endsAtMs ?? clock.nowMs()) + AFTERWARDS_MS, isOver);
    const lateMs = clock.nowMs() - (endsAtMs ?? clock.nowMs());
    if (lateMs < 0 && gate.outage !== outage) throw new Error('the outage did not last as long as it should');
    return {
      state: (await adapter.store.hirings.find(hiringId))?.state ?? 'not there',
      status: marketplace.hirings.get(id)?.status ?? 'not there',
      told: worker.assignments.filter((assignment) => assignment.includes(id)),
      settled: marketplace.requests
        .list({ hiringId: id })
        .filter(({ applied, operation }) => applied && (operation === 'result' || operation === 'failure'))
        .length,
      pushed: pushes ? await outside.commitsPushed() : 0,
      errors: adapter.errors,
      transitions: transitions.map(({ from, event, to, cause }) => `${from} ${event} ${to}: ${cause}`),
      lateMs,
    };
  } finally {
    gate.outage = undefined;
    await adapter.close();
    for (const cancel of cancels) cancel();
  }
}

const ENDS: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'rejected']);
