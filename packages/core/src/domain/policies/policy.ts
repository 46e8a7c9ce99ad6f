import type { MessageLimit } from '../worker-messages/conversation.ts';
import type { Hiring } from '../hiring/hiring.ts';
import { parseAmount } from '../money/money.ts';
import type { WorkFailure } from '../result/result.ts';

/** What the owner of an agent allows, and how its results are dealt with. */
export interface Policy {
  /** A hiring for less is refused, one whose price cannot be read waits for the owner. Decimal string in US dollars. */
  readonly minPrice?: string | undefined;
  /** Capabilities that are worked on; all of them when the list is empty. */
  readonly capabilities: readonly string[];
  /** Repositories that are pushed to, as `owner/name` or `owner/*`; all of them when the list is empty. */
  readonly repositories: readonly string[];
  /** Open assignments of the agent's worker. */
  readonly concurrency: number;
  /** Longest task text, the hirer's message and parameters counted in. */
  readonly maxTaskCharacters: number;
  /** What waits for the owner's yes. */
  readonly approve: 'nothing' | 'work' | 'results' | 'both';
  /** What becomes of a result that does not pass the gate. */
  readonly heldResults: 'hold' | 'fail';
  /** Who pushes in push mode: the adapter, the worker with the hirer's token in its task folder, or nobody. */
  readonly push: 'adapter' | 'worker' | 'off';
  /** Whether a result counts only once the worker's report names its SHA-256. */
  readonly resultDigest: 'optional' | 'required';
  /** Who answers a worker's question. */
  readonly questions: 'hirer' | 'owner';
  /** Whether hirers are told what workers report of their progress. */
  readonly progress: boolean;
  /** How much each report of progress may say, and how many of one attempt are told. */
  readonly progressLimit: MessageLimit;
  /** The same of questions to the hirer; one more is for the owner. */
  readonly questionLimit: MessageLimit;
  /** A worker that says it is blocked after its hirer was told so many characters is for the owner to look at: they may be the work. */
  readonly maxUnpaidCharacters: number;
  /** Whether a hiring that is delivered by push waits for the owner's yes before the work: who sees the branch may cancel before it pays. */
  readonly approvePushes: boolean;
}

export const DEFAULT_POLICY: Policy = {
  capabilities: [],
  repositories: [],
  concurrency: 1,
  maxTaskCharacters: 100_000,
  approve: 'nothing',
  heldResults: 'hold',
  push: 'adapter',
  resultDigest: 'optional',
  questions: 'hirer',
  progress: true,
  progressLimit: { characters: 300, messages: 20 },
  questionLimit: { characters: 1_000, messages: 10 },
  maxUnpaidCharacters: 2_000,
  approvePushes: false,
};

/** Which rule a hiring breaks, in words for its hirer; undefined when it breaks none. */
export function brokenRule(hiring: Hiring, policy: Policy): WorkFailure | undefined {
  const { capability, deliveryMode, repoUrl } = hiring;
  if (isBelow(hiring.price, policy.minPrice)) {
    return { reason: 'other', text: `This agent accepts no work for less than $${policy.minPrice ?? '0'}.` };
  }
  if (capability !== undefined && policy.capabilities.length > 0 && !names(policy.capabilities, capability)) {
    const offered = policy.capabilities.join(', ');
    return {
      reason: 'capability_mismatch',
      text: `This agent does not offer the requested work. It offers: ${offered}.`,
    };
  }
  if (taskCharacters(hiring) > policy.maxTaskCharacters) {
    return {
      reason: 'other',
      text: `The task is longer than the ${policy.maxTaskCharacters} characters that this agent accepts.`,
    };
  }
  if (deliveryMode === 'output' || (deliveryMode === 'unclear' && policy.push === 'off')) return undefined;
  if (policy.push === 'off') {
    return {
      reason: 'capability_mismatch',
      text: 'This agent delivers results as text and files and does not push to repositories.',
    };
  }
  if (policy.repositories.length > 0 && repoUrl !== undefined && !isListed(policy.repositories, repoUrl)) {
    return {
      reason: 'capability_mismatch',
      text: 'This agent does not work on that repository.',
    };
  }
  return undefined;
}

/** How a hiring is delivered under these rules: what nobody stated is pushed where its agent pushes (Agrenting API reference, 21 #15). */
export function deliveryOf(
  { deliveryMode, deliveryStated }: Hiring,
  { push }: Policy,
): Hiring['deliveryMode'] {
  return deliveryMode === 'unclear' && !deliveryStated && push !== 'off' ? 'push' : deliveryMode;
}

/**
 * Whether nobody can say if a hiring pays what its agent's owner asks for, because its price is missing or no amount. That is
 * no reason to refuse what was paid for, and none to work for nothing: its owner decides.
 */
export function isPriceUnclear({ price }: Hiring, { minPrice }: Policy): boolean {
  return minPrice !== undefined && parseAmount(price ?? '') === undefined;
}

function isBelow(price: string | undefined, floor: string | undefined): boolean {
  const offered = parseAmount(price ?? '');
  const least = parseAmount(floor ?? '');
  return offered !== undefined && least !== undefined && offered < least;
}

function names(list: readonly string[], capability: string): boolean {
  const plain = (text: string) => text.trim().toLowerCase();
  return list.some((each) => plain(each) === plain(capability));
}

function taskCharacters({ description, clientMessage = '', extras }: Hiring): number {
  const parameters = Object.keys(extras).length === 0 ? 0 : JSON.stringify(extras).length;
  return description.length + clientMessage.length + parameters;
}

/** `owner/name` in the path of the address, compared as the large hosts do, without regard to case. */
function isListed(list: readonly string[], repoUrl: string): boolean {
  const path = URL.canParse(repoUrl) ? new URL(repoUrl).pathname : '';
  const name = path
    .split('/')
    .filter((step) => step !== '')
    .join('/')
    .replace(/\.git$/, '')
    .toLowerCase();
  return list.some((each) => {
    const allowed = each.toLowerCase().replace(/\.git$/, '');
    return allowed.endsWith('/*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed;
  });
}
