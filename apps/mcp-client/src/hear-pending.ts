import type { PendingHiring } from '@agrenting-hiclaw/core/agrenting';
import { unreadHiring, type AgentId, type Clock, type Heard } from '@agrenting-hiclaw/core/domain';
import type { Logger } from '@agrenting-hiclaw/runtime';
import type { Store } from '@agrenting-hiclaw/store';

export interface PendingList {
  readonly items: readonly PendingHiring[];
  readonly agentId: AgentId;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The intake by MCP: puts every item of the pending list on disk. It resolves when they are there; what is
 * malformed is kept for the operator and never stops the session.
 */
export async function hearPending({ items, agentId, store, clock, log }: PendingList): Promise<void> {
  const atMs = clock.nowMs();
  const heard = items.map(({ parsed, raw }) => ({ intake: 'mcp', agentId, atMs, parsed, raw }) as const);
  const outcomes = await store.hirings.accept([...heard, ...heard.flatMap(stillToRead)]);
  for (const [index, outcome] of outcomes.entries()) {
    switch (outcome.kind) {
      case 'new':
        log.info(
          { agentId, hiringId: outcome.hiringId, intake: 'mcp', problems: problemsOf(items[index]) },
          'heard a hiring',
        );
        break;
      case 'malformed':
        log.error(
          { agentId, hiringId: outcome.hiringId, problem: outcome.problem },
          'a hiring could not be read; it is kept in the store. Look it up on the marketplace',
        );
        break;
      case 'known':
        break;
    }
  }
}

/** What is malformed but bears an id may be a paid hiring: it is read by its id. */
function stillToRead(heard: Heard): Heard[] {
  const { parsed } = heard;
  if (parsed.kind === 'hiring' || parsed.hiringId === undefined) return [];
  return [{ ...heard, parsed: { kind: 'hiring', hiring: unreadHiring(parsed.hiringId) }, raw: '' }];
}

function problemsOf(item: PendingHiring | undefined): readonly string[] {
  return item?.parsed.kind === 'hiring' ? item.parsed.hiring.problems : [];
}
