import type { Intake } from '../../hiring/intake.ts';
import type { AgentId, HiringId } from '../../hiring/ids.ts';
import type { Secret } from '../../credentials/secret.ts';

/** When one document was heard, however often that was. */
export interface SeenTimes {
  readonly intake: Intake;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly times: number;
  /** Why no hiring could be read from it. */
  readonly problem?: string | undefined;
}

/** One document, however often it was heard. */
export interface DeliveryForm extends SeenTimes {
  /** As it came; undefined once its hiring is over. */
  readonly document: Secret | undefined;
}

/** A document that no hiring could be read from. */
export interface MalformedDelivery extends DeliveryForm {
  readonly agentId: AgentId;
  /** When its id, at least, could be read. */
  readonly hiringId: HiringId | undefined;
  readonly problem: string;
}

/** Deliveries that were not hirings. */
export interface IgnoredDelivery extends DeliveryForm {
  readonly what: string;
}
