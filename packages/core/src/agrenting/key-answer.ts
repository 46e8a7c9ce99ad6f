import { describeApiError } from './api-error.ts';
import { Secret } from '../domain/index.ts';
import type { Answer } from './answer.ts';

/** Why a request whose answer holds a key, which is shown once, gave none. */
export type NoKey =
  /** A definite no: nothing was changed. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** Nobody knows whether it was done. `evidence` is what was answered, to be kept: the key may stand in it. */
  | { readonly kind: 'unknown'; readonly problem: string; readonly evidence?: Secret | undefined }
  /** Nothing was sent. */
  | { readonly kind: 'unavailable'; readonly problem: string };

/** What such a request came to when its answer was no success. */
export function noKeyOf(answer: Exclude<Answer, { kind: 'success' }>): NoKey {
  switch (answer.kind) {
    case 'failure': {
      const { status } = answer.error;
      const problem = `the marketplace answered ${describeApiError(answer.error)}`;
      return { kind: status >= 500 ? 'unknown' : 'refused', problem };
    }
    case 'limited':
      return { kind: 'unavailable', problem: answer.problem };
    case 'lost':
      return { kind: answer.nothingSent ? 'unavailable' : 'unknown', problem: answer.problem };
    case 'redirected':
      return { kind: 'refused', problem: answer.problem };
    case 'unreadable':
      return { kind: 'unknown', problem: answer.problem, evidence: new Secret(answer.evidence) };
  }
}
