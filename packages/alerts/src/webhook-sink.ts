import { createHmac } from 'node:crypto';
import type { Clock, Secret } from '@agrenting-hiclaw/core/domain';
import { fetchWithin, signingKey, type ShortAnswer } from '@agrenting-hiclaw/runtime';
import type { Delivery, SentAlert, Sink, SinkKind } from './sink.ts';

export interface WebhookSinkOptions {
  readonly url: string;
  readonly secret?: Secret | undefined;
  readonly clock: Clock;
  /** Default 10,000. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT_MS = 10_000;
const MAX_PATIENCE_MS = 600_000;

/** An HTTP server. */
export const webhookSink: SinkKind = {
  name: 'webhook',
  setting: 'webhookUrl',
  create: async ({ alerts: { webhookUrl, webhookSecret } }, clock) =>
    await Promise.resolve(
      webhookUrl === undefined
        ? undefined
        : createWebhookSink({ url: webhookUrl, secret: webhookSecret, clock }),
    ),
};

/** Posts alerts as JSON, signed as Standard Webhooks has it where there is a secret. What is answered is not read. */
export function createWebhookSink({ url, secret, clock, timeoutMs }: WebhookSinkOptions): Sink {
  return {
    name: webhookSink.name,
    async send(alert, signal) {
      const body = JSON.stringify(documentOf(alert));
      try {
        const answer = await fetchWithin(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'idempotency-key': alert.key,
            ...(secret === undefined ? {} : signatureHeaders(alert.key, body, secret, clock.nowMs())),
          },
          body,
          signal,
          timeoutMs: timeoutMs ?? TIMEOUT_MS,
        });
        return deliveryOf(answer);
      } catch (error) {
        return { kind: 'unavailable', problem: `the webhook ${whyUnreachable(error)}` };
      }
    },
    close: () => undefined,
  };
}

function documentOf({ key, kind, text, hiringId, agentId, attempt, atMs, amount }: SentAlert): object {
  return {
    id: key,
    kind,
    text,
    hiring_id: hiringId,
    agent_id: agentId,
    attempt,
    at: new Date(atMs).toISOString(),
    amount:
      amount === undefined
        ? undefined
        : { price: amount.price, payout_forecast: amount.payoutForecast, currency: 'USD' },
  };
}

/** https://www.standardwebhooks.com: what stands behind `whsec_` is base64; any other secret is taken as it is. */
function signatureHeaders(
  id: string,
  body: string,
  secret: Secret,
  nowMs: number,
): Readonly<Record<string, string>> {
  const text = secret.reveal();
  const key = signingKey(text);
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

const BUSY_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

function deliveryOf({ status, headers }: ShortAnswer): Delivery {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const problem = `the webhook answered HTTP ${status}`;
  if (status >= 500 || BUSY_STATUSES.has(status)) {
    const seconds = Number(headers.get('retry-after') ?? 0);
    const retryAfterMs = Number.isFinite(seconds) ? Math.min(MAX_PATIENCE_MS, seconds * 1_000) : 0;
    return { kind: 'unavailable', problem, retryAfterMs };
  }
  if (status >= 300 && status < 400) {
    return { kind: 'refused', problem: `${problem}, a redirect: set the address that it leads to` };
  }
  return { kind: 'refused', problem: `${problem}: check alerts.webhookUrl and alerts.webhookSecret` };
}

/** Never with the address, which may itself be a secret. */
function whyUnreachable(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Error) {
    if (cause.name === 'TimeoutError' || cause.name === 'AbortError') return 'did not answer in time';
    if ('code' in cause && typeof cause.code === 'string') return `cannot be reached (${cause.code})`;
  }
  return 'cannot be reached';
}
