import { parseDocumentForm, type Hiring, type HiringId } from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import { readPendingPages } from './pending-pages.ts';
import type { RestClient } from './rest-client.ts';

/** A list is taken as it was for so long for each of its pages, so that it never costs more than twelve requests a minute. */
const KEPT_MS_PER_PAGE = 5_000;
/** Pages that are kept; a hiring behind them is found by its own read. */
const MAX_PAGES = 5;

/**
 * The pending list of one agent as it was a moment ago. It tells which of many unconfirmed hirings are real
 * by one request, when there are not enough for a read of each.
 */
export class RecentPending {
  readonly #client: RestClient;
  readonly #access: AgentAccess;
  #list: Promise<ReadonlyMap<HiringId, Hiring>> = Promise.resolve(new Map());
  #goodUntilMs = 0;

  constructor(client: RestClient, access: AgentAccess) {
    this.#client = client;
    this.#access = access;
  }

  /** The hiring, if the list showed it; undefined proves nothing. */
  async find(hiringId: HiringId): Promise<Hiring | undefined> {
    const nowMs = this.#client.clock.nowMs();
    // What is too far ahead is of a clock that was set back.
    const isGood = nowMs < this.#goodUntilMs && this.#goodUntilMs <= nowMs + KEPT_MS_PER_PAGE * MAX_PAGES;
    if (!isGood) {
      this.#goodUntilMs = nowMs + KEPT_MS_PER_PAGE;
      this.#list = this.#read();
    }
    return (await this.#list).get(hiringId);
  }

  async #read(): Promise<ReadonlyMap<HiringId, Hiring>> {
    const found = new Map<HiringId, Hiring>();
    let pages = 0;
    for await (const page of readPendingPages(this.#client, this.#access, { unconfirmed: 'more' })) {
      if (page.kind === 'failed') break;
      for (const item of page.items) {
        const parsed = parseDocumentForm(item);
        if (parsed.kind === 'hiring') found.set(parsed.hiring.hiringId, parsed.hiring);
      }
      pages += 1;
      if (page.last || pages === MAX_PAGES) break;
    }
    this.#goodUntilMs = this.#client.clock.nowMs() + KEPT_MS_PER_PAGE * Math.max(1, pages);
    return found;
  }
}
