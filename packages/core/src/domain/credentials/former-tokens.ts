import { NO_SECRETS, type KnownSecrets } from './known-secrets.ts';
import { foldWithPlaces } from './secret-search.ts';
import { createTraceSearch, type KeyedDigest, type SecretTrace, type TraceSearch } from './secret-trace.ts';

/** Of a token that is longer than what is compared, its beginning may be as long. */
const MAX_BEGINNING = 256;
const BEGINNING = /[\w-]{1,256}$/;

/** The repository tokens that a hirer gave so far, of which only traces are left: they can be found, and not be read. */
export class FormerTokens {
  readonly #search: TraceSearch;

  constructor(traces: readonly SecretTrace[], keyed: KeyedDigest) {
    this.#search = createTraceSearch(traces, keyed, 'repository_token');
  }

  /** These secrets and the tokens. */
  with(known: KnownSecrets = NO_SECRETS): KnownSecrets {
    return known.withSearch(this.#search);
  }

  /** The text with `instead` replacing each token that is in it letter by letter, whatever stands between the letters. */
  cut(text: string, instead: string): string {
    const { folded, places } = foldWithPlaces(text);
    const found = [...this.#search.matches(folded, folded.length)]
      .map(({ start, end }) => ({ from: places[start] ?? 0, to: (places[end - 1] ?? 0) + 1 }))
      .toSorted((one, other) => one.from - other.from);
    const kept: string[] = [];
    let at = 0;
    for (const { from, to } of found) {
      if (to <= at) continue;
      kept.push(withoutBeginning(text.slice(at, Math.max(at, from))), instead);
      at = to;
    }
    return [...kept, text.slice(at)].join('');
  }
}

function withoutBeginning(text: string): string {
  const end = text.slice(-MAX_BEGINNING);
  return text.slice(0, text.length - end.length) + end.replace(BEGINNING, '');
}
