import type { AgentAccess } from '../agent-access.ts';
import { authenticate } from '../authenticate.ts';
import type { RestClient } from '../rest-client.ts';

/** In the order in which they are tried (Agrenting API reference, 2.2 and 21 #6). */
const FORMS = ['x-api-key', 'api-key', 'session-token'] as const;
export type Form = (typeof FORMS)[number];

/** A token this close to its end is replaced first. */
const TOKEN_MARGIN_MS = 10 * 60_000;
/** A session token is asked for at most so often, because authentications are few (2.3). */
const AUTHENTICATE_EVERY_MS = 15 * 60_000;

/** How an agent shows itself to the MCP server: the form that worked last is tried first. */
export class McpCredentials {
  readonly #client: RestClient;
  readonly #access: AgentAccess;
  #preferred: Form = 'x-api-key';
  #authenticatedAtMs: number | undefined;

  constructor(client: RestClient, access: AgentAccess) {
    this.#client = client;
    this.#access = access;
  }

  /** The forms to try for one connection. */
  order(): readonly Form[] {
    return [this.#preferred, ...FORMS.filter((form) => form !== this.#preferred)];
  }

  /** The headers of a form; undefined when there is nothing to show in it. */
  async headers(form: Form): Promise<Record<string, string> | undefined> {
    if (!this.#access.usable) return undefined;
    switch (form) {
      case 'x-api-key':
        return this.#access.headers('key');
      case 'api-key':
        return this.#access.alternateHeaders();
      case 'session-token': {
        const token = await this.#token();
        // Never the agent key: it would be taken for a session token and be refused for good.
        return token === undefined ? undefined : { Authorization: `Bearer ${token}` };
      }
    }
  }

  /** Remembers that the server took this form. */
  accept(form: Form): void {
    this.#preferred = form;
  }

  /** Remembers that the server refused it: the next connection starts with the next form. */
  refuse(form: Form): void {
    if (form === 'session-token') this.#access.sessionToken = undefined;
    this.#preferred = FORMS[(FORMS.indexOf(form) + 1) % FORMS.length] ?? 'x-api-key';
  }

  async #token(): Promise<string | undefined> {
    const nowMs = this.#client.clock.nowMs();
    const known = this.#access.sessionToken;
    if (known !== undefined && (known.expiresAtMs ?? Infinity) - TOKEN_MARGIN_MS > nowMs) {
      return known.token.reveal();
    }
    const lastMs = this.#authenticatedAtMs;
    if (lastMs !== undefined && Math.abs(nowMs - lastMs) < AUTHENTICATE_EVERY_MS) return undefined;
    this.#authenticatedAtMs = nowMs;
    await authenticate(this.#client, this.#access);
    return this.#access.sessionToken?.token.reveal();
  }
}
