import { createHmac } from 'node:crypto';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as secureRequest } from 'node:https';

import type { Agent, Agents } from './agents.ts';
import type { Clock } from './clock.ts';
import type { Hiring } from './hiring.ts';
import { dispatchBody } from './hiring-views.ts';
import type { HiringEvent, Hirings } from './hirings.ts';
import type { Switches, SwitchBoard } from './switches.ts';

const timeoutMs = 10_000;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
const jitter = 0.25;
const skewMs = 10 * 60_000;

/** One try to tell an agent of a hiring. */
export interface WebhookTry {
  hiringId: string;
  agentId: string;
  dispatchId: string;
  /** Counted from 1 within one delivery; a duplicate is a delivery of its own. */
  number: number;
  at: string;
  /** The HTTP status of the answer, or why there was none. */
  answer: number | string;
}

/**
 * Tells agents with a `callback_url` of their hirings (Agrenting API reference, 8.1): a signed `POST` once the work may
 * begin. An answer of 5xx, or none, is tried again with growing waits; a 4xx is final, and so is the last try.
 */
export class Webhooks {
  readonly #clock: Clock;
  readonly #agents: Agents;
  readonly #switches: SwitchBoard;
  readonly #origin: () => string;
  readonly #maxTries: number;
  readonly #tries: WebhookTry[] = [];
  readonly #closing = new AbortController();
  #deliveries = 0;

  constructor(options: {
    clock: Clock;
    agents: Agents;
    hirings: Hirings;
    switches: SwitchBoard;
    origin: () => string;
    maxTries: number;
  }) {
    this.#clock = options.clock;
    this.#agents = options.agents;
    this.#switches = options.switches;
    this.#origin = options.origin;
    this.#maxTries = options.maxTries;
    options.hirings.onChange((event) => this.#onChange(event));
  }

  /** Every try, oldest first. */
  list(hiringId?: string): WebhookTry[] {
    return this.#tries.filter((made) => hiringId === undefined || made.hiringId === hiringId);
  }

  clear(): void {
    this.#tries.length = 0;
  }

  close(): void {
    this.#closing.abort();
  }

  #onChange({ kind, hiring }: HiringEvent): void {
    if (kind !== 'status' || hiring.status !== 'in_progress') return;
    const agent = this.#agents.byId(hiring.agentId);
    const url = agent?.metadata['callback_url'];
    if (agent === undefined || typeof url !== 'string') return;
    const { webhook_dup, webhook_reorder_ms } = this.#switches.of(agent.id);
    const copies = webhook_dup === 'twice' ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      // An event that waits longer than the next one comes after it.
      const delayMs = Math.random() * webhook_reorder_ms;
      this.#clock.after(delayMs, () => void this.#deliver(url, hiring, agent, hiring.dispatchId));
    }
  }

  async #deliver(url: string, hiring: Hiring, agent: Agent, dispatchId: string): Promise<void> {
    const switches = this.#switches.of(agent.id);
    this.#deliveries += 1;
    const sentAtMs = this.#clock.now() + (switches.webhook_fault === 'clock_skew' ? skewMs : 0);
    const body = JSON.stringify(dispatchBody(hiring, agent, switches, { origin: this.#origin(), sentAtMs }));
    const sending: Sending = {
      url,
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'agrenting-sandbox',
        ...callbackHeader(agent),
        ...signature(body, switches, `msg_${this.#deliveries}`, Math.floor(sentAtMs / 1_000)),
      },
    };
    for (let number = 1; number <= switches.webhook_attempts; number += 1) {
      if (this.#closing.signal.aborted) return;
      // A fault strikes the first try only: what it does to a delivery is seen in the next.
      const fault = number === 1 ? switches.webhook_fault : 'none';
      const answer = await post(sending, fault, this.#closing.signal);
      this.#record({ hiringId: hiring.id, agentId: agent.id, dispatchId, number, at: this.#now(), answer });
      const isFinal = typeof answer === 'number' && answer < 500;
      if (isFinal || number === switches.webhook_attempts) return;
      await this.#pause(waitMs(number) * switches.webhook_retry_factor);
    }
  }

  #record(made: WebhookTry): void {
    this.#tries.push(made);
    if (this.#tries.length > this.#maxTries) this.#tries.shift();
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#closing.signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
    });
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

function waitMs(number: number): number {
  const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** (number - 1));
  return wait * (1 + jitter * (2 * Math.random() - 1));
}

/** The header that the listing names for its callbacks, such as `Authorization: ApiKey …` (4.4). */
export function callbackHeader(agent: Agent): Record<string, string> {
  const header = agent.metadata['callback_auth_header'];
  const [, name, value] = /^([\w-]+):\s*(.+)$/.exec(typeof header === 'string' ? header : '') ?? [];
  return name === undefined || value === undefined ? {} : { [name.toLowerCase()]: value };
}

function signature(
  body: string,
  { webhook_sign, webhook_secret }: Switches,
  id: string,
  atSeconds: number,
): Record<string, string> {
  const mac = (text: string, key: string | Buffer = webhook_secret): Buffer =>
    createHmac('sha256', key).update(text).digest();
  switch (webhook_sign) {
    case 'base64':
      return { 'x-webhook-signature': mac(body).toString('base64') };
    case 'hex':
      return { 'x-webhook-signature': mac(body).toString('hex') };
    case 'sha256':
      return { 'x-webhook-signature': `sha256=${mac(body).toString('hex')}` };
    case 'secret':
      return { 'x-webhook-secret': webhook_secret };
    case 'standard':
      return {
        'webhook-id': id,
        'webhook-timestamp': `${atSeconds}`,
        'webhook-signature': `v1,${mac(`${id}.${atSeconds}.${body}`).toString('base64')}`,
      };
    case 'none':
      return {};
  }
}

interface Sending {
  url: string;
  body: string;
  headers: OutgoingHttpHeaders;
}

/** The status of the answer, or why there was none. */
async function post(
  { url, body, headers }: Sending,
  fault: Switches['webhook_fault'],
  closing: AbortSignal,
): Promise<number | string> {
  const bytes = Buffer.from(body);
  const send = url.startsWith('https:') ? secureRequest : request;
  return await new Promise((resolve) => {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]);
    const length = { 'content-length': bytes.length };
    const sent = send(url, { method: 'POST', headers: { ...headers, ...length }, signal, agent: false });
    sent.on('error', (error) => resolve(error.message));
    sent.on('response', (answer: IncomingMessage) => {
      answer.resume();
      // It came, and we go on as if it had not.
      if (fault === 'lost_answer') resolve('the answer was lost');
      else answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', (error) => resolve(error.message));
    });
    switch (fault) {
      case 'cut_body':
        sent.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => sent.destroy(new Error('cut off')));
        break;
      case 'slow_body':
        void inPieces(sent, bytes);
        break;
      case 'none':
      case 'lost_answer':
      case 'clock_skew':
        sent.end(bytes);
        break;
    }
  });
}

/** In pieces of one size, so that characters may be cut in two. */
async function inPieces(sent: ReturnType<typeof request>, bytes: Buffer): Promise<void> {
  const size = Math.max(1, Math.floor(bytes.length / 16));
  for (let from = 0; from < bytes.length && !sent.destroyed; from += size) {
    sent.write(bytes.subarray(from, from + size));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  sent.end();
}
