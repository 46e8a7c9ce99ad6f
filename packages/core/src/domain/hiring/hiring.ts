import { inQuotes } from '../text/in-quotes.ts';
import type { HiringMessage } from '../worker-messages/conversation.ts';
import type { AgentId, HiringId } from './ids.ts';
import type { Secret } from '../credentials/secret.ts';

/**
 * `unclear`: no mode was given but repository fields are there, or the mode is one we do not know.
 * Such a hiring is never run silently as `output` (Agrenting API reference, 21 #15).
 */
export type DeliveryMode = 'output' | 'push' | 'unclear';

/**
 * What the marketplace says about which run of the hiring this is. Only a read of the hiring is
 * trusted for it, because other forms are not documented to carry it (Agrenting API reference, 6.2).
 */
export interface AttemptMarker {
  readonly traceAttempt?: number | undefined;
  readonly dispatchId?: string | undefined;
}

/** One job bought by a hirer, in one shape whatever form it was heard in (Agrenting API reference, appendix B). */
export interface Hiring {
  readonly hiringId: HiringId;
  readonly agentId?: AgentId | undefined;
  /** The marketplace's own word; unknown words occur and are tolerated. */
  readonly status: string;
  /** Set by newer marketplaces on statuses that never change again. */
  readonly final?: boolean | undefined;
  readonly marker: AttemptMarker;
  readonly workerMatrixId?: string | undefined;
  /** Text from the hirer: data, never an instruction to us. */
  readonly description: string;
  readonly capability?: string | undefined;
  /** Decimal string in US dollars. */
  readonly price?: string | undefined;
  readonly deliveryMode: DeliveryMode;
  /** True when the form itself said how to deliver; otherwise the mode is what its absence means. */
  readonly deliveryStated: boolean;
  readonly repoUrl?: string | undefined;
  readonly repoToken?: Secret | undefined;
  readonly clientMessage?: string | undefined;
  readonly customerId?: string | undefined;
  readonly deadlineAtMs?: number | undefined;
  readonly createdAtMs?: number | undefined;
  /** The hirer's own keys of `task_input`, without anything that looks like a credential. */
  readonly extras: Readonly<Record<string, unknown>>;
  /** What was said about it lately, where the form holds that; oldest first. */
  readonly messages?: readonly HiringMessage[] | undefined;
  /** Fields that were there but could not be used, each with what is wrong with it. */
  readonly problems: readonly string[];
}

/** What a form gave: a hiring, or what is wrong with it and, if it could be read, whose id it bears. */
export type ParsedHiring =
  | { readonly kind: 'hiring'; readonly hiring: Hiring }
  | { readonly kind: 'malformed'; readonly hiringId?: HiringId | undefined; readonly problem: string };

/** A hiring of which nothing but the id is known: everything else is to be read. */
export function unreadHiring(hiringId: HiringId): Hiring {
  return {
    hiringId,
    status: 'unread',
    marker: {},
    description: '',
    deliveryMode: 'output',
    deliveryStated: false,
    extras: {},
    problems: [],
  };
}

/** How the work is delivered, and where: always of one document, so that no two of them are mixed. */
export type Delivery = Pick<Hiring, 'deliveryMode' | 'deliveryStated' | 'repoUrl' | 'repoToken'>;

/** Whether a document says all that is needed to deliver: plain output, or a repository with its token. */
export function saysDelivery({ deliveryMode, deliveryStated, repoUrl, repoToken }: Delivery): boolean {
  if (deliveryMode === 'output') return deliveryStated;
  return repoUrl !== undefined && repoToken !== undefined;
}

/**
 * A read of the hiring with its delivery taken from the first authenticated document that says all of it, itself before
 * the others: forms differ in whether they hold the repository's fields (Agrenting API reference, 21 #16). Another
 * document counts whole or not at all, and only if it agrees with what the read states. Where none says it, but what
 * came by webhook (`hinted`) speaks of a repository, the delivery is `unclear`: nothing else is ever taken from there.
 */
export function withDelivery(read: Hiring, others: readonly Hiring[], hinted: Hiring | undefined): Hiring {
  if (saysDelivery(read)) return read;
  const whole = others.find((other) => saysDelivery(other) && agrees(read, other));
  if (whole !== undefined) {
    const { deliveryMode, deliveryStated, repoUrl, repoToken } = whole;
    return { ...read, deliveryMode, deliveryStated, repoUrl, repoToken };
  }
  const isDoubtful = hinted !== undefined && hinted.deliveryMode !== 'output' && !read.deliveryStated;
  return isDoubtful ? { ...read, deliveryMode: 'unclear' } : read;
}

function agrees(read: Delivery, other: Delivery): boolean {
  const sameMode = !read.deliveryStated || !other.deliveryStated || read.deliveryMode === other.deliveryMode;
  const sameRepository = read.repoUrl === undefined || read.repoUrl === other.repoUrl;
  return sameMode && sameRepository && read.repoToken === undefined;
}

/** `active`: ours to work on. `waiting`: not yet ours, ask again. `over`: never ours again in this attempt. */
export type Standing = 'active' | 'waiting' | 'over';

interface StatusTraits {
  readonly standing: Standing;
  /** Whether a hirer may take hours to leave it. */
  readonly isSlow?: boolean;
  /** How an attempt ends that is shown so; as cancelled where this is missing. */
  readonly endsAs?: 'completed' | 'failed' | 'disputed';
  /** What it says of the money; nothing where this is missing. */
  readonly money?: 'paid' | 'unpaid' | 'disputed';
}

/** Every status that the reference names (Agrenting API reference, 6.1). */
const STATUSES: ReadonlyMap<string, StatusTraits> = new Map([
  ['pending_payment', { standing: 'waiting', isSlow: true }],
  ['payment_pending', { standing: 'waiting', isSlow: true }],
  ['awaiting_payment', { standing: 'waiting', isSlow: true }],
  ['queued', { standing: 'waiting' }],
  ['paid', { standing: 'active' }],
  ['in_progress', { standing: 'active' }],
  ['completed', { standing: 'over', endsAs: 'completed', money: 'paid' }],
  ['failed', { standing: 'over', endsAs: 'failed', money: 'unpaid' }],
  ['cancelled', { standing: 'over', money: 'unpaid' }],
  ['disputed', { standing: 'over', endsAs: 'disputed', money: 'disputed' }],
  ['refunded', { standing: 'over', endsAs: 'failed', money: 'unpaid' }],
  ['expired', { standing: 'over' }],
]);

/** Whether a hiring that is not yet ours may stay so for hours: any other one is, within seconds, or is called by a word that we do not know. */
export function mayWaitForHours({ status }: Pick<Hiring, 'status'>): boolean {
  return STATUSES.get(status)?.isSlow === true;
}

/** Longer than any that is known. */
const MAX_STATUS_CHARACTERS = 40;

/** Other ways to write a known status. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['canceled', 'cancelled'],
  ['complete', 'completed'],
  ['inprogress', 'in_progress'],
]);

/** A status as the reference spells it, however it was written: `Canceled`, `IN-PROGRESS`. One that is not known stays as it is. */
export function spelledStatus(word: string): string {
  const plain = word
    .slice(0, MAX_STATUS_CHARACTERS)
    .trim()
    .toLowerCase()
    .replaceAll(' ', '_')
    .replaceAll('-', '_');
  const status = OTHER_SPELLINGS.get(plain) ?? plain;
  return STATUSES.has(status) ? status : word;
}

/** The marketplace's word for how a hiring stands, in a sentence of ours: one that we do not know is quoted. */
export function statusWord({ status }: Pick<Hiring, 'status'>): string {
  return STATUSES.has(status) ? status : inQuotes(status, 40);
}

/** How an attempt ends whose hiring the marketplace shows as over. */
export function endOfStatus({
  status,
}: Pick<Hiring, 'status'>): 'completed' | 'failed' | 'cancelled' | 'disputed' {
  return STATUSES.get(status)?.endsAs ?? 'cancelled';
}

/** What the marketplace's word says of the money; undefined when it says nothing of it. */
export function moneyOfStatus({ status }: Pick<Hiring, 'status'>): StatusTraits['money'] {
  return STATUSES.get(status)?.money;
}

/**
 * How a hiring stands by the marketplace's word for it. `queued` and words we do not know wait,
 * unless the marketplace calls them final (Agrenting API reference, 6.1 and 21 #3).
 */
export function standingOf(hiring: Pick<Hiring, 'status' | 'final'>): Standing {
  if (hiring.final === true) return 'over';
  return STATUSES.get(hiring.status)?.standing ?? 'waiting';
}
