import type { SettleOutcome, Settlement } from '../domain/index.ts';
import type { WayOutcome } from './settle-outcome.ts';
import type { Way, Ways } from './ways.ts';

export interface OneWay {
  readonly ways: Ways;
  readonly hasSession: boolean;
  readonly settlement: Settlement;
  /** Sends it once, by the way that was chosen. */
  readonly send: (way: Way) => Promise<WayOutcome>;
}

/**
 * Sends a settlement by the best way that is open, and by that alone: a caller that wants it sent by the other one reads the
 * hiring first. Remembers what came of it (Agrenting API reference, appendix A).
 */
export async function settleByOneWay({ ways, hasSession, settlement, send }: OneWay): Promise<SettleOutcome> {
  const { endpoint, unknownSends } = settlement;
  const [way] = ways.open(endpoint, hasSession);
  const noWay = (problem: string): SettleOutcome => ({
    kind: 'later',
    problem,
    retryAfterMs: ways.waitMs(endpoint, hasSession),
  });
  if (way === undefined) return noWay(`no way to the marketplace takes a ${endpoint} at the moment`);
  const outcome = await send(way);
  switch (outcome.kind) {
    case 'closed': {
      const { why, problem } = outcome;
      ways.close(endpoint, way, why);
      const isOther = ways.open(endpoint, hasSession).length > 0;
      return { ...(isOther ? { kind: 'other_way', problem } : noWay(problem)), by: way };
    }
    case 'turned_away': {
      // What it does not let through may depend on the words: the way stays open to others.
      ways.doubt(endpoint, way);
      const isOther = ways.open(endpoint, hasSession)[0] !== way;
      const { problem } = outcome.otherwise;
      return { ...(isOther ? { kind: 'other_way', problem } : outcome.otherwise), by: way };
    }
    case 'accepted':
      ways.worked(endpoint, way);
      return { ...outcome, by: way };
    case 'unconfirmed':
    case 'unknown':
    case 'over':
      // Sent before, it was not there afterwards.
      if (unknownSends > 0) ways.doubt(endpoint, way);
      return { ...outcome, by: way };
    case 'queued':
    case 'later':
    case 'unauthorized':
    case 'refused':
      return { ...outcome, by: way };
  }
}
