import { networkOf } from './network.ts';

/** Failed attempts that a client may make in a window before it is only told to wait. */
const ALLOWED = 10;
const WINDOW_MS = 60_000;
/** Clients that are remembered at once; the one that was heard of longest ago is forgotten first. */
const MAX_CLIENTS = 10_000;

interface Attempts {
  count: number;
  endsAtMs: number;
}

/**
 * Counts who came with a wrong key. It limits those only: a right key is taken from anybody, because the marketplace
 * may share its address with other clients of the gateway, and it takes a refusal as final.
 */
export class AuthRateLimit {
  readonly #nowMs: () => number;
  readonly #clients = new Map<string, Attempts>();

  /** `nowMs` of a clock that is never set. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Notes one; gives for how many seconds the client is to stay away, or undefined while it need not. */
  note(client: string): number | undefined {
    const name = networkOf(client);
    const nowMs = this.#nowMs();
    const known = this.#clients.get(name);
    const attempts =
      known === undefined || known.endsAtMs <= nowMs ? { count: 0, endsAtMs: nowMs + WINDOW_MS } : known;
    attempts.count += 1;
    this.#clients.delete(name);
    this.#clients.set(name, attempts);
    if (this.#clients.size > MAX_CLIENTS) this.#forgetOldest();
    return attempts.count > ALLOWED ? Math.ceil((attempts.endsAtMs - nowMs) / 1_000) : undefined;
  }

  #forgetOldest(): void {
    const [oldest] = this.#clients.keys();
    if (oldest !== undefined) this.#clients.delete(oldest);
  }
}
