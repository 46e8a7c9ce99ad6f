import { MONEY_EVENTS, type LoggedMove, type MoneyEvent } from '@agrenting-hiclaw/core/domain';

/** What of a hiring the operator may be told of. */
export type HiringAlertKind = 'attention' | 'disputed' | 'paid' | 'failed';

/** Which kind of alert a move is; undefined for the many that nobody has to know of. */
export function worthTelling(move: LoggedMove): HiringAlertKind | undefined {
  if (isMoneyEvent(move.event)) return MONEY_KINDS[move.event];
  switch (move.to) {
    case 'attention':
      return 'attention';
    case 'completed':
      return 'paid';
    case 'failed':
      return 'failed';
    case 'cancelled':
      // A hirer's retry takes the place of the attempt: that one goes on.
      if (move.event === 'superseded') return undefined;
      return move.event === 'over_disputed' ? 'disputed' : 'failed';
    case 'heard':
    case 'confirmed':
    case 'staged':
    case 'sent':
    case 'acknowledged':
    case 'submitted':
    case 'rejected':
      return undefined;
    case 'settling':
      return move.event === 'settlement_delayed' ? 'attention' : undefined;
  }
}

/** Which kind of alert it is what happens to the money of an ended hiring. */
const MONEY_KINDS: Readonly<Record<MoneyEvent, HiringAlertKind>> = {
  dispute_opened: 'disputed',
  dispute_resolved: 'disputed',
  payment_reversed: 'disputed',
  payment_released: 'paid',
};

/** True for what happens after the end. */
export function isMoneyEvent(event: LoggedMove['event']): event is MoneyEvent {
  return Object.hasOwn(MONEY_EVENTS, event);
}
