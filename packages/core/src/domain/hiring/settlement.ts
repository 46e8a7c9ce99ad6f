import { deliveredNames } from '../result/delivered-name.ts';
import { idempotencyKeyOf, type HiringId } from './ids.ts';
import { LIMITS } from '../limits.ts';
import type { PushedChange, Verdict } from '../result/result.ts';

/** One settlement, stored to the byte before it is first sent (Agrenting API reference, 13.3). */
export interface Settlement {
  readonly endpoint: 'result' | 'failure';
  /** 1 for the first; a new one is opened only after a read showed the hiring still active, or after a refusal. */
  readonly generation: number;
  readonly idempotencyKey: string;
  /** The exact JSON text of the request. */
  readonly body: string;
  /** How often it was sent without a known outcome, under whatever key. */
  readonly unknownSends: number;
}

/** `documented` first; `older` where the marketplace asks for its fields (Agrenting API reference, 15 #1 and 5.5). */
export type SettlementForm = 'documented' | 'older';

/** What hirers' readers look for, text first (Agrenting API reference, 5.4). */
function outputOf({ result, artifacts, pushed }: Extract<Verdict, { kind: 'result' }>) {
  const { text, summary, files } = result;
  const names = deliveredNames(files.map(({ name }) => name));
  const words = text.trim() === '' && names.length > 0 ? `Delivered: ${names.join(', ')}` : text;
  return {
    text: pushed === undefined ? words.toWellFormed() : `${words.toWellFormed()}\n\n${pushedText(pushed)}`,
    summary: summary.toWellFormed(),
    files_changed: pushed === undefined ? names : deliveredNames(pushed.filesChanged),
    ...(artifacts === undefined || artifacts.length === 0 ? {} : { artifacts }),
    ...(pushed === undefined ? {} : { branch: pushed.branch, commits: pushed.commits }),
  };
}

function pushedText({ branch, commits }: PushedChange): string {
  const list = commits.map((commit) => `- ${commit}`).join('\n');
  return `Pushed to branch ${branch}:\n${list}`;
}

/**
 * Which endpoint a verdict goes to, and the JSON text to send there (Agrenting API reference, 5.4 and
 * 5.5). Workers' text is made well-formed: a lone surrogate is refused by strict JSON readers.
 */
export function settlementRequest(
  verdict: Verdict,
  form: SettlementForm = 'documented',
): Pick<Settlement, 'endpoint' | 'body'> {
  switch (verdict.kind) {
    case 'result': {
      const output = outputOf(verdict);
      const body = form === 'documented' ? { output } : { result: output };
      return { endpoint: 'result', body: JSON.stringify(body) };
    }
    case 'failure': {
      const { reason, text } = verdict.failure;
      const error = Array.from(text.toWellFormed()).slice(0, LIMITS.failureCharacters).join('');
      const body = form === 'documented' ? { error, reason } : { reason: error };
      return { endpoint: 'failure', body: JSON.stringify(body) };
    }
  }
}

/** The exact request for a verdict, as the attempt's next generation: what is stored of one never changes. */
export function nextSettlement(
  hiringId: HiringId,
  attempt: { readonly number: number; readonly settlement?: Settlement | undefined },
  verdict: Verdict,
  form: SettlementForm = 'documented',
): Settlement {
  const request = settlementRequest(verdict, form);
  const { settlement } = attempt;
  const generation = (settlement?.generation ?? 0) + 1;
  return {
    ...request,
    generation,
    idempotencyKey: idempotencyKeyOf(hiringId, attempt.number, request.endpoint, generation),
    // Whatever was sent under another key may have been taken.
    unknownSends: settlement?.endpoint === request.endpoint ? settlement.unknownSends : 0,
  };
}
