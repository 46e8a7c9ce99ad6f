import { createHmac, randomUUID } from 'node:crypto';
import { fetchWithin, type Configuration, type RequestWithin } from '@agrenting-hiclaw/runtime';
import { whyUnreachable } from '../doctor/why-unreachable.ts';

/** What came back on a request. */
export type Answered =
  | { readonly kind: 'answered'; readonly status: number; readonly tookMs: number; readonly text: string }
  | { readonly kind: 'silent'; readonly problem: string };

export interface Trial {
  /** Names the trial; it is no UUID, so that it never becomes a hiring. */
  readonly id: string;
  readonly delivery: Answered;
}

/** What the marketplace waits for an answer to its probe (Agrenting API reference, 6.3). */
export const HEAD_WITHIN_MS = 2_000;
const TIMEOUT_MS = 10_000;
/** As much of an answer as a person wants to see. */
const MAX_TEXT_BYTES = 2_000;

/** Asks a bridge whether anybody is there, as the marketplace does before it delivers: without a key. */
export async function probePresence(webhook: Configuration['webhook'], url: string): Promise<Answered> {
  return await ask(webhook, url, { method: 'HEAD' });
}

/** Delivers a trial to a bridge as the marketplace delivers a hiring, with key and signature. */
export async function sendTestWebhook(webhook: Configuration['webhook'], url: string): Promise<Trial> {
  const id = `trial-${randomUUID()}`;
  const body = JSON.stringify({
    hiring_id: id,
    task: { description: 'a test delivery of agrenting-hiclaw' },
    timestamp: new Date().toISOString(),
  });
  const headers = { 'content-type': 'application/json', ...keyHeader(webhook), ...signature(webhook, body) };
  return { id, delivery: await ask(webhook, url, { method: 'POST', headers, body }) };
}

function keyHeader({ keys: [key], header, scheme }: Configuration['webhook']): Record<string, string> {
  return key === undefined ? {} : { [header]: `${scheme} ${key.reveal()}` };
}

/** As the marketplace signs: HMAC-SHA256 over the bytes, as base64 (Agrenting API reference, 8.2). */
function signature({ signatureSecrets: [secret] }: Configuration['webhook'], body: string) {
  if (secret === undefined) return {};
  return { 'x-webhook-signature': createHmac('sha256', secret.reveal()).update(body).digest('base64') };
}

async function ask(
  webhook: Configuration['webhook'],
  url: string,
  request: Pick<RequestWithin, 'method' | 'headers' | 'body'>,
): Promise<Answered> {
  const startedMs = performance.now();
  try {
    const { status, text } = await fetchWithin(url, {
      ...request,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_TEXT_BYTES,
    });
    const tookMs = Math.round(performance.now() - startedMs);
    return { kind: 'answered', status, tookMs, text: withoutSecrets(webhook, text) };
  } catch (error) {
    return { kind: 'silent', problem: whyUnreachable(error) };
  }
}

/** The server there may echo what it was sent. */
function withoutSecrets({ keys, signatureSecrets }: Configuration['webhook'], text: string): string {
  const without = [...keys, ...signatureSecrets].reduce(
    (rest, secret) => rest.replaceAll(secret.reveal(), '[redacted]'),
    text,
  );
  return without.replaceAll(/\p{Cc}/gu, ' ').trim();
}
