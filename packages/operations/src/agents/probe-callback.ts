import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { problemOfCallbackUrl } from '@agrenting-hiclaw/core/agrenting';
import { fetchWithin } from '@agrenting-hiclaw/runtime';
import { whyUnreachable } from '../doctor/why-unreachable.ts';
import { HEAD_WITHIN_MS } from '../webhook-test/deliver.ts';

/** What a callback URL answers to the marketplace's probe for availability. */
export type ProbedCallback =
  | { readonly kind: 'answers'; readonly status: number; readonly tookMs: number }
  /** The marketplace takes no such URL. */
  | { readonly kind: 'unfit'; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string };

/** Probes a callback URL as the marketplace does before it sends a hiring there: HEAD, and no key. */
export async function probeCallback(url: string): Promise<ProbedCallback> {
  const unfit = problemOfCallbackUrl(url);
  if (unfit !== undefined) return { kind: 'unfit', problem: `${inQuotes(url)} ${unfit}` };
  const started = performance.now();
  try {
    const { status } = await fetchWithin(url, { method: 'HEAD', timeoutMs: HEAD_WITHIN_MS });
    const tookMs = Math.round(performance.now() - started);
    return status >= 200 && status < 300
      ? { kind: 'answers', status, tookMs }
      : {
          kind: 'failed',
          problem: `${inQuotes(url)} answers the availability probe with HTTP ${status}`,
        };
  } catch (error) {
    const problem = `${inQuotes(url)} does not answer the availability probe (${whyUnreachable(error)})`;
    return { kind: 'failed', problem };
  }
}
