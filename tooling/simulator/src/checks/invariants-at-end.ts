import {
  attentionOf,
  attentionTexts,
  hiringIdSchema,
  isEnd,
  STATES,
  traitsOf,
  type HiringStore,
} from '@agrenting-hiclaw/core/domain';
import type { HiringRow } from '../disk.ts';
import type { Intakes } from '../outside/intakes.ts';
import type { Applied, FakeMarketplace, Listing } from '../outside/marketplace.ts';
import { moneyOwed } from './money.ts';

/** What is still owed to a hiring. */
export interface Owed {
  readonly hiringId: string;
  readonly what: string;
}

/** What has a say in what is owed. */
export interface Parties {
  readonly rows: readonly HiringRow[];
  readonly hirings: HiringStore;
  readonly marketplace: FakeMarketplace;
  readonly intakes: Intakes;
  /** Whether somebody reads what has ended. */
  readonly readsEnded: boolean;
}

/**
 * What was acknowledged is never lost: with faults off, every hiring that the marketplace holds active
 * comes to an end or waits for a person, with a reason that has not passed; and what is over there is over here.
 */
export async function unmetAtEnd({
  rows,
  hirings,
  marketplace,
  intakes,
  readsEnded,
}: Parties): Promise<readonly Owed[]> {
  const owed: Owed[] = [];
  for (const [hiringId, attempt] of intakes.acknowledged) {
    const listing = marketplace.listings.get(hiringId);
    if (listing === undefined || attempt < listing.traceAttempt || listing.status === 'queued') continue;
    const row = rows.find(({ id }) => id === hiringId);
    const what =
      owedTo(listing, row, marketplace.applied) ??
      (marketplace.isActive(listing) ? await reasonOwed(listing, hirings) : undefined) ??
      (readsEnded && row !== undefined ? moneyOwed(row, listing) : undefined);
    if (what !== undefined) owed.push({ hiringId, what });
  }
  return [...owed, ...(await stuck(rows, hirings, marketplace))];
}

/** With faults off and all outages over, nobody is to be asked about what has passed, no matter who heard of the hiring. */
async function stuck(
  rows: readonly HiringRow[],
  hirings: HiringStore,
  marketplace: FakeMarketplace,
): Promise<readonly Owed[]> {
  const owed: Owed[] = [];
  for (const { id } of rows.filter(({ state }) => state === 'attention')) {
    const hiringId = hiringIdSchema.parse(id);
    // What the marketplace does not show as ours yet is for its owner to know.
    if (marketplace.listings.get(hiringId)?.status === 'queued') continue;
    const record = await hirings.find(hiringId);
    const attention = record === undefined ? undefined : attentionOf(record);
    if (attention === undefined || traitsOf(attention.reason).cause !== 'outside') continue;
    owed.push({ hiringId, what: `waits for a person because of ${attention.reason.code}, which has passed` });
  }
  return owed;
}

const ENDED: ReadonlySet<string> = new Set(STATES.filter((state) => isEnd(state)));

function owedTo(
  { hiring, status, traceAttempt, disputes }: Listing,
  row: HiringRow | undefined,
  applied: readonly Applied[],
): string | undefined {
  if (row === undefined) return 'has no row';
  const { state, attempt } = row;
  const standing = `is ${state} (attempt ${attempt}), on the marketplace ${status} (${traceAttempt})`;
  if (status === 'paid' || status === 'in_progress') {
    return state === 'attention' && (attempt === 0 || attempt === traceAttempt) ? undefined : standing;
  }
  if (!ENDED.has(state)) return standing;
  const here = applied.find((one) => one.hiringId === hiring.hiringId && one.traceAttempt === traceAttempt);
  if (here === undefined || status === 'disputed' || disputes > 0) return undefined;
  return here.settlement.endpoint === 'result' && state !== 'completed' ? standing : undefined;
}

async function reasonOwed({ hiring }: Listing, hirings: HiringStore): Promise<string | undefined> {
  const record = await hirings.find(hiring.hiringId);
  const { why = '', todo = '' } = (record === undefined ? undefined : attentionTexts(record)) ?? {};
  return why === '' || todo === '' ? 'waits for a person, with no reason' : undefined;
}
