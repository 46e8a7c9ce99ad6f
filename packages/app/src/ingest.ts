import type { PendingHiring } from '@agrenting-hiclaw/core/agrenting';
import {
  unreadHiring,
  type AcceptOutcome,
  type AgentId,
  type Clock,
  type ReceivedDelivery,
  type Intake,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import type { Logger } from '@agrenting-hiclaw/runtime';

export interface DeliveryList {
  readonly intake: Intake;
  readonly items: readonly PendingHiring[];
  readonly agentId: AgentId;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Puts every item of a list of hirings on disk. It resolves when they are there, with what became of
 * each; what is malformed is kept for the operator and stops none of the others.
 */
export async function ingest(list: DeliveryList): Promise<readonly AcceptOutcome[]> {
  const outcomes = await storeDeliveries(list);
  logDeliveries(list, outcomes);
  return outcomes;
}

/** The same without a word in the log, for callers that must answer first. */
export async function storeDeliveries({
  intake,
  items,
  agentId,
  store,
  clock,
}: Omit<DeliveryList, 'log'>): Promise<readonly AcceptOutcome[]> {
  const atMs = clock.nowMs();
  const received = items.map(({ parsed, raw }) => ({ intake, agentId, atMs, parsed, raw }) as const);
  const outcomes = await store.hirings.accept([...received, ...received.flatMap(stillToRead)]);
  return outcomes.slice(0, items.length);
}

/** Puts into the log what became of a list of hirings. */
export function logDeliveries(
  { intake, items, agentId, log }: Omit<DeliveryList, 'store' | 'clock'>,
  outcomes: readonly AcceptOutcome[],
): void {
  for (const [index, outcome] of outcomes.entries()) {
    switch (outcome.kind) {
      case 'new':
        log.info(
          { agentId, hiringId: outcome.hiringId, intake, problems: problemsOf(items[index]) },
          'received a hiring',
        );
        break;
      case 'malformed':
        log.error(
          { agentId, hiringId: outcome.hiringId, intake, problem: outcome.problem },
          'a hiring could not be read; it is kept in the store. Look it up on the marketplace',
        );
        break;
      case 'known':
      case 'noted':
        break;
    }
  }
}

/** What is malformed but bears an id may be a paid hiring: it is read by its id. */
function stillToRead(received: ReceivedDelivery): ReceivedDelivery[] {
  const { parsed } = received;
  if (parsed.kind !== 'malformed' || parsed.hiringId === undefined) return [];
  return [{ ...received, parsed: { kind: 'hiring', hiring: unreadHiring(parsed.hiringId) }, raw: '' }];
}

function problemsOf(item: PendingHiring | undefined): readonly string[] {
  return item?.parsed.kind === 'hiring' ? item.parsed.hiring.problems : [];
}
