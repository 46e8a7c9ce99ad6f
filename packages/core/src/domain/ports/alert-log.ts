import type { AgentId, HiringId } from '../hiring/ids.ts';
import type { Transition } from './hiring-store.ts';

/** Kinds of alerts about hirings. */
export const HIRING_ALERT_KINDS = ['attention', 'disputed', 'paid', 'failed'] as const;
export type HiringAlertKind = (typeof HIRING_ALERT_KINDS)[number];

/** Kinds of alerts that an operator chooses from. */
export const CHOSEN_ALERT_KINDS = [...HIRING_ALERT_KINDS, 'agent_offline'] as const;

/** `agent_online`: an agent that was offline is online again. `summary`: what was over the rate, summed up. */
export const ALERT_KINDS = [...CHOSEN_ALERT_KINDS, 'agent_online', 'summary'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something that the operator is to be told: our words and ids, never text from outside or a credential. */
export interface Alert {
  /** The same for each repetition of the same alert. */
  readonly key: string;
  readonly kind: AlertKind;
  readonly text: string;
  /** When it came to be, in milliseconds since 1970. */
  readonly atMs: number;
  readonly hiringId?: HiringId | undefined;
  readonly agentId?: AgentId | undefined;
  readonly attempt?: number | undefined;
  /** Of what was paid, as decimal strings in US dollars. */
  readonly amount?: { readonly price: string; readonly payoutForecast: string } | undefined;
}

export interface NewAlert extends Alert {
  /** What it is about: another of its kind about the same is dropped for a while. Nothing is dropped without it. */
  readonly subject?: string | undefined;
}

/** How many of which kind were not sent one by one. */
export type AlertCounts = Readonly<Partial<Record<AlertKind, number>>>;

/** Where alerts go, and how many. */
export interface AlertRules {
  /** The names of the places that each alert goes to. */
  readonly sinks: readonly string[];
  /** How many go to each place within an hour; more are counted, and summed up at its end. */
  readonly perHour: number;
  readonly repeatAfterMs: number;
  /** The words for what was over. */
  summarize(counts: AlertCounts): string;
}

/** A move by its place in the history of all hirings. */
export interface LoggedTransition extends Transition {
  readonly sequence: number;
  readonly agentId: AgentId;
}

/** An alert that waits to be sent to one place. */
export interface WaitingAlert {
  readonly sequence: number;
  readonly sink: string;
  readonly alert: Alert;
  readonly keptAtMs: number;
}

/** `refused`: the marketplace does not take its key. `silent`: its MCP session is down. `unread`: its lists cannot be polled. */
export type OfflineReason = 'refused' | 'silent' | 'unread';

/** An agent, by its id or its place in the configuration, that hears no hirings. */
export interface OfflineAgent {
  readonly agent: string;
  readonly reason: OfflineReason;
}

export interface KnownOfflineAgent extends OfflineAgent {
  readonly sinceMs: number;
  /** When a process last found it offline. */
  readonly seenAtMs: number;
  /** When the operator was told; undefined before that. */
  readonly alertedAtMs?: number | undefined;
}

/**
 * What the operator is alerted to: the way from the history of hirings to alerts that wait for their places, so that a
 * process that dies loses none and sends none twice. Everything that is kept is on disk when it resolves.
 */
export interface AlertLog {
  /** Moves behind the position, oldest first. The first call ever makes the newest move the position, and gives none. */
  unread(limit: number): Promise<readonly LoggedTransition[]>;
  /**
   * Keeps alerts for every place and moves the position to `upTo`, all or nothing: nothing when another process
   * has been there already. Also puts the sum of an hour that is over among them.
   */
  keep(alerts: readonly NewAlert[], rules: AlertRules, nowMs: number, upTo?: number): Promise<void>;
  /** What is to be sent to a place next: the oldest, those that were refused behind the others. */
  next(sink: string): Promise<WaitingAlert | undefined>;
  sent(waiting: WaitingAlert, nowMs: number): Promise<void>;
  /** Lets the others go first. */
  refused(waiting: WaitingAlert): Promise<void>;
  /** Ends the wait of what was kept before then, and gives how many there were. */
  giveUp(sink: string, keptBeforeMs: number, nowMs: number): Promise<number>;
  /** Notes that agents hear nothing now. */
  noteOffline(agents: readonly OfflineAgent[], nowMs: number): Promise<void>;
  offlineAgents(): Promise<readonly KnownOfflineAgent[]>;
  /** Keeps the alert and notes that it was told; false, and nothing of it, when such a one was kept just before. */
  alertOffline(agent: string, alert: NewAlert, rules: AlertRules, nowMs: number): Promise<boolean>;
  /** It is online again: stores the alert about that, if any, and forgets that it was offline. */
  forgetOffline(agent: string, alert: NewAlert | undefined, rules: AlertRules, nowMs: number): Promise<void>;
}
