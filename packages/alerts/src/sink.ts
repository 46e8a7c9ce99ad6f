import type { Alert, AlertKind, Clock } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from '@agrenting-hiclaw/runtime';

/** What is sent: an alert, or a trial that the operator asked for. */
export interface SentAlert extends Omit<Alert, 'kind'> {
  readonly kind: AlertKind | 'test';
}

/** What became of one try to send. */
export type Delivery =
  | { readonly kind: 'sent' }
  /** A definite no; `problem` says what to do. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** Nobody knows whether it arrived: the same is sent again later. */
  | { readonly kind: 'unavailable'; readonly problem: string; readonly retryAfterMs?: number | undefined };

/** A place that alerts go to. Sending the same alert again is no second one there. */
export interface Sink {
  readonly name: string;
  send(alert: SentAlert, signal: AbortSignal): Promise<Delivery>;
  close(): void;
}

/** What the sinks are made from. */
export type SinkSettings = Pick<Configuration, 'matrix' | 'alerts'>;

/** A kind of sink. */
export interface SinkKind {
  readonly name: string;
  /** The setting of section `alerts` that turns it on. */
  readonly setting: keyof Configuration['alerts'];
  /** Makes it; undefined where that setting is missing. */
  create(settings: SinkSettings, clock: Clock): Promise<Sink | undefined>;
}
