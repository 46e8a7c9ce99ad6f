import { createHash } from 'node:crypto';
import { TheirClock, type Clock, type RequestBudgets, type Secret } from '../domain/index.ts';
import { AgentAccess } from './agent-access.ts';
import { errorOf, readAnswer, type Answer } from './answer.ts';
import type { BaseUrl } from './base-url.ts';
import { digestBody, discardBody, readBody } from './bounded-body.ts';
import { networkFailure } from './network-failure.ts';
import { KeyBudget, MemoryRequestBudgets, type Permit } from './request-budget.ts';
import type { AuthSchemes } from './auth-schemes.ts';
import { NOTHING_STATED, readStatedLimits } from './stated-limits.ts';

const TIMEOUT_MS = 30_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Half of what one address may do before it is locked out for 5 minutes (Agrenting API reference, 2.3). */
const AUTHENTICATIONS_PER_WINDOW = 5;
/** The marketplace's default for one agent (Agrenting API reference, 13.1). */
const REQUESTS_PER_WINDOW = 100;
/** Part of the budget that only settlements may use. */
const SETTLEMENT_RESERVE = 0.1;
/** Part that only settlements and the confirmation of new hirings may use. */
const CONFIRMATION_RESERVE = 0.3;
/** Anybody may send webhooks of hirings that do not exist; reading those never uses up what the others need. */
const UNCONFIRMED_RESERVE = 0.4;
/** What comes after the first request of such a read: less than for the first, so that what began is not broken off forever. */
export const UNCONFIRMED_MORE_RESERVE = 0.25;

export type Fetch = typeof globalThis.fetch;

export interface RestClientOptions {
  readonly baseUrl: BaseUrl;
  readonly clock: Clock;
  /** Built-in `fetch` unless given. */
  readonly fetch?: Fetch | undefined;
  /** Longest wait for one whole answer; 30 s unless given. */
  readonly timeoutMs?: number | undefined;
  /** Largest answer that is read, after decompression; 4 MiB unless given. */
  readonly maxAnswerBytes?: number | undefined;
  /** What all processes know together about each key; this one alone unless given. */
  readonly budgets?: RequestBudgets | undefined;
}

export interface RestCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** Below `/api/v1`; ids in it are parsed or encoded. */
  readonly path: string;
  readonly access: AgentAccess;
  readonly schemes: AuthSchemes;
  /** Exact bytes of a JSON body. */
  readonly body?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** A settlement, or what has to go before one. */
  readonly settles?: boolean | undefined;
  /** About a new hiring, on its way to a worker. */
  readonly confirms?: boolean | undefined;
  /** A request about what nobody has confirmed, the first or one that it led to: it leaves a part of the budget to everything else. */
  readonly unconfirmed?: 'first' | 'more' | undefined;
  /** The call has a limit of its own, which the caller keeps: the agent's budget knows nothing of it. */
  readonly ownLimit?: boolean | undefined;
}

/** A request for bytes. */
export interface DigestCall extends Pick<RestCall, 'path' | 'access' | 'schemes'> {
  /** As many are read at most, after decompression. */
  readonly maxBytes: number;
}

/** What became of a request for bytes. */
export type DigestAnswer =
  | { readonly kind: 'digest'; readonly sizeBytes: number; readonly sha256: string }
  /** It gives more bytes than were asked for; the rest was not read. */
  | { readonly kind: 'too_large' }
  | NoAnswer;

/**
 * The marketplace of one origin. One is made per process and given to everything that talks to the
 * marketplace, so that budgets and what is known about a key are shared.
 */
export interface RestClient {
  readonly baseUrl: BaseUrl;
  readonly clock: Clock;
  /** The marketplace's own clock: its deadlines are told by it. */
  readonly theirClock: TheirClock;
  readonly fetch: Fetch;
  /** How often `POST /auth/authenticate` may be called, by all agents together. */
  readonly authentications: KeyBudget;
  /** What is known about a key. */
  access(key: Secret): AgentAccess;
  /** Sends one request, once. Never follows a redirect and never throws. */
  send(call: RestCall): Promise<Answer>;
  /** Asks for bytes, once, and gives their SHA-256. Never follows a redirect and never throws. */
  digest(call: DigestCall): Promise<DigestAnswer>;
  /** Aborts what is in flight; later calls are lost with nothing sent. */
  close(): void;
}

/** Makes the client of one marketplace. Calls are single; the caller decides about repeating. */
export function createRestClient(options: RestClientOptions): RestClient {
  const { baseUrl, clock, fetch = globalThis.fetch } = options;
  const { timeoutMs = TIMEOUT_MS, maxAnswerBytes = MAX_ANSWER_BYTES } = options;
  const { budgets = new MemoryRequestBudgets() } = options;
  const closing = new AbortController();
  const accesses = new Map<string, AgentAccess>();
  const theirClock = new TheirClock();

  async function send(call: RestCall): Promise<Answer> {
    return await permitted(call, async (question, signal) => await exchange(call, question, signal));
  }

  async function digest({ maxBytes, ...asked }: DigestCall): Promise<DigestAnswer> {
    const call: RestCall = { ...asked, method: 'GET' };
    return await permitted(call, async (question, signal) => {
      const { response, limits } = await ask(call, question, signal, '*/*');
      if (isRedirect(response)) return await notFollowed(response);
      if (!response.ok) {
        const body = await readBody(response, maxAnswerBytes);
        return { kind: 'failure', error: errorOf(response, body), retryAfterMs: limits.retryAfterMs };
      }
      const body = await digestBody(response, maxBytes);
      return body.kind === 'broken' ? lost(false, 'the answer was cut off') : body;
    });
  }

  /** Runs one exchange within the budget of its key and the time that an answer has. */
  async function permitted<Outcome>(
    call: RestCall,
    run: (question: boolean, signal: AbortSignal) => Promise<Outcome>,
  ): Promise<Outcome | NoAnswer> {
    if (closing.signal.aborted) return { kind: 'lost', nothingSent: true, problem: 'the client was closed' };
    if (!call.access.usable) return unusableKey();
    const budget = call.ownLimit === true ? undefined : call.access.budget;
    const permit = (await budget?.take(reserveOf(call), { paced: call.unconfirmed === 'first' })) ?? FREE;
    if (permit.kind === 'wait') {
      const problem = WAITS[permit.because];
      return { kind: 'limited', problem, retryAfterMs: permit.waitMs, because: permit.because };
    }
    const timeout = new AbortController();
    const done = new AbortController();
    void clock.sleep(timeoutMs, done.signal).then(() => timeout.abort());
    try {
      return await run(permit.question, AbortSignal.any([timeout.signal, closing.signal]));
    } catch (error) {
      if (permit.question) await budget?.heed({ status: 0, limits: NOTHING_STATED, question: true });
      if (closing.signal.aborted)
        return { kind: 'lost', nothingSent: false, problem: 'the client was closed' };
      if (timeout.signal.aborted) return lost(false, `no answer within ${Math.ceil(timeoutMs / 1000)} s`);
      const { nothingSent, what } = networkFailure(error);
      return lost(nothingSent, what);
    } finally {
      done.abort();
    }
  }

  /** Sends the request; what the answer says of limits is heeded. */
  async function ask(
    call: RestCall,
    question: boolean,
    signal: AbortSignal,
    accept: 'application/json' | '*/*',
  ): Promise<AnswerHead> {
    const response = await fetch(`${baseUrl}/api/v1${call.path}`, {
      method: call.method,
      redirect: 'manual',
      signal,
      headers: {
        Accept: accept,
        'User-Agent': 'agrenting-hiclaw',
        ...call.access.headers(call.schemes),
        ...(call.body !== undefined && { 'Content-Type': 'application/json' }),
        ...(call.idempotencyKey !== undefined && { 'X-Idempotency-Key': call.idempotencyKey }),
      },
      ...(call.body !== undefined && { body: call.body }),
    });
    const cameAtMs = clock.nowMs();
    const { status } = response;
    const limits = readStatedLimits(response, theirClock.toTheirs(clock.nowMs()));
    // A key may be one that reads no bytes, and good for everything else.
    const saysLittle = accept === '*/*' && status === 401 && !question;
    if (call.ownLimit !== true && !saysLittle) await call.access.budget.heed({ status, limits, question });
    return { response, limits, cameAtMs };
  }

  async function exchange(call: RestCall, question: boolean, signal: AbortSignal): Promise<Answer> {
    const askedAtMs = clock.nowMs();
    const { response, limits, cameAtMs } = await ask(call, question, signal, 'application/json');
    if (isRedirect(response)) return await notFollowed(response);
    const answer = readAnswer(response, await readBody(response, maxAnswerBytes), limits.retryAfterMs);
    // JSON may come from a gateway as well, with the clock of that.
    if (answer.kind === 'success' && isOfMarketplace(answer.data))
      theirClock.noteAnswer(response, askedAtMs, cameAtMs);
    return answer;
  }

  async function notFollowed(response: Response): Promise<NoAnswer> {
    await discardBody(response);
    return redirected(response, baseUrl);
  }

  function budgetOf(name: string, perWindow: number): KeyBudget {
    return new KeyBudget({ name, budgets, clock, perWindow });
  }

  function lost(nothingSent: boolean, what: string): NoAnswer {
    return { kind: 'lost', nothingSent, problem: `${baseUrl} did not answer: ${what}` };
  }

  return {
    baseUrl,
    clock,
    theirClock,
    fetch,
    authentications: budgetOf('authentications', AUTHENTICATIONS_PER_WINDOW),
    access(key) {
      const fingerprint = createHash('sha256').update(`${baseUrl} ${key.reveal()}`).digest('base64url');
      const access =
        accesses.get(fingerprint) ??
        new AgentAccess(key, budgetOf(`key ${fingerprint}`, REQUESTS_PER_WINDOW));
      accesses.set(fingerprint, access);
      return access;
    },
    send,
    digest,
    close: () => closing.abort(),
  };
}

/** An answer before its body is read. */
interface AnswerHead {
  readonly response: Response;
  readonly limits: ReturnType<typeof readStatedLimits>;
  readonly cameAtMs: number;
}

/** What may take the place of any answer. */
type NoAnswer = Exclude<Answer, { kind: 'success' | 'unreadable' }>;

function isRedirect({ status }: Response): boolean {
  return status >= 300 && status < 400;
}

const FREE: Permit = { kind: 'go', question: false };

const WAITS = {
  limit: 'the marketplace limits requests, or the request budget is used up',
  refused: 'the marketplace does not accept the key; it is checked again automatically',
} as const;

/** The share of the budget that a call leaves for others. */
function reserveOf({ settles, confirms, unconfirmed }: RestCall): number {
  if (settles === true) return 0;
  if (confirms === true) return SETTLEMENT_RESERVE;
  if (unconfirmed === undefined) return CONFIRMATION_RESERVE;
  return unconfirmed === 'first' ? UNCONFIRMED_RESERVE : UNCONFIRMED_MORE_RESERVE;
}

/** Says which origin a redirect leads to, as that is what the operator has to configure. */
export function redirectProblem(response: Response, baseUrl: BaseUrl): string {
  const location = response.headers.get('location') ?? '';
  const target = URL.parse(location, baseUrl);
  const known = target !== null && /^https?:$/.test(target.protocol) && target.origin !== baseUrl;
  const remedy = known ? `if you trust ${target.origin}, configure it as the base URL` : 'check the base URL';
  return `${baseUrl} redirects (HTTP ${response.status}), and a key never follows a redirect: ${remedy}`;
}

function redirected(response: Response, baseUrl: BaseUrl): NoAnswer {
  return { kind: 'redirected', status: response.status, problem: redirectProblem(response, baseUrl) };
}

function unusableKey(): NoAnswer {
  const message =
    'the key contains characters that are invalid in a key, such as a space or a line break: nothing was sent';
  return { kind: 'failure', error: { status: 401, code: 'UNUSABLE_KEY', message } };
}

/** What the documents of the marketplace have, one of them at least (Agrenting API reference, 5 and appendix B). */
const DOCUMENT_KEYS = ['id', 'hiring', 'hirings', 'agent', 'agents', 'artifacts', 'messages'] as const;

/** Whether an answer is a list or a document of the marketplace: what stands before it says other things in JSON. */
function isOfMarketplace(data: unknown): boolean {
  if (Array.isArray(data)) return true;
  return typeof data === 'object' && data !== null && DOCUMENT_KEYS.some((key) => key in data);
}
