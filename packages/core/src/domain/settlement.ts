import type { Verdict } from './result.ts';

/** One settlement, stored to the byte before it is first sent (Agrenting API reference, 13.3). */
export interface Settlement {
  readonly endpoint: 'result' | 'failure';
  /** 1 for the first; a new one is opened only after a read showed the hiring still active. */
  readonly generation: number;
  readonly idempotencyKey: string;
  /** The exact JSON text of the request. */
  readonly body: string;
  /** How often it was sent without a known outcome. */
  readonly unknownSends: number;
}

/** Longest failure text that hirers are shown; the marketplace's own limit is not known. */
const MAX_FAILURE_CHARACTERS = 500;

/** `documented` first; `older` where the marketplace asks for its fields (Agrenting API reference, 15 #1 and 5.5). */
export type SettlementForm = 'documented' | 'older';

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
      const { text, summary, files } = verdict.result;
      const output = {
        text: text.toWellFormed(),
        summary: summary.toWellFormed(),
        files_changed: files.map((file) => file.name.toWellFormed()),
      };
      const body = form === 'documented' ? { output } : { result: output };
      return { endpoint: 'result', body: JSON.stringify(body) };
    }
    case 'failure': {
      const { reason, text } = verdict.failure;
      const error = Array.from(text.toWellFormed()).slice(0, MAX_FAILURE_CHARACTERS).join('');
      const body = form === 'documented' ? { error, reason } : { reason: error };
      return { endpoint: 'failure', body: JSON.stringify(body) };
    }
  }
}
