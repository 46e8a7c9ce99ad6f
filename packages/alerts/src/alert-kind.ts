import {
  MONEY_EVENTS,
  type HiringAlertKind,
  type LoggedTransition,
  type MoneyEvent,
} from '@agrenting-hiclaw/core/domain';

/** Which kind of alert a move is; undefined for the many that nobody has to know of. */
export function alertKindOf(transition: LoggedTransition): HiringAlertKind | undefined {
  if (isMoneyEvent(transition.event)) return MONEY_KINDS[transition.event];
  switch (transition.to) {
    case 'attention':
      return 'attention';
    case 'completed':
      return 'paid';
    case 'failed':
      return 'failed';
    case 'cancelled':
      // A hirer's retry takes the place of the attempt: that one goes on.
      if (transition.event === 'superseded') return undefined;
      return transition.event === 'over_disputed' ? 'disputed' : 'failed';
    case 'received':
    case 'confirmed':
    case 'staged':
    case 'sent':
    case 'acknowledged':
    case 'submitted':
    case 'rejected':
      return undefined;
    case 'settling':
      return transition.event === 'settlement_delayed' ? 'attention' : undefined;
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
export function isMoneyEvent(event: LoggedTransition['event']): event is MoneyEvent {
  return Object.hasOwn(MONEY_EVENTS, event);
}
