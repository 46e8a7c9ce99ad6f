import { OPERATOR } from './environment.ts';

/** Somebody who listens to the events. */
export interface McpFixture {
  readonly status: number;
  readonly headers: Headers;
  /** All that came until now. */
  said(): string;
  /** The ids of the moves that came, in their order. */
  ids(): readonly number[];
  /** Resolves when the other side ended it; rejects when it broke. */
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  end(): Promise<void>;
}

/** Listens at an address of the API. */
export async function listen(
  adminUrl: string,
  headers: Record<string, string> = {},
  token = OPERATOR,
): Promise<McpFixture> {
  const stop = new AbortController();
  const answer = await fetch(`${adminUrl}/api/v1/events`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: stop.signal,
  });
  let received = '';
  let hasEnded = false;
  const ended = read().finally(() => (hasEnded = true));
  // The caller that ends it does not ask how it ended.
  ended.catch(() => undefined);

  async function read(): Promise<void> {
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done) return;
      received += piece.value;
    }
  }

  return {
    status: answer.status,
    headers: answer.headers,
    said: () => received,
    ids: () => [...received.matchAll(/^id: (\d+)$/gm)].map(([, sequence]) => Number(sequence)),
    ended,
    hasEnded: () => hasEnded,
    async end() {
      stop.abort();
      await ended.catch(() => undefined);
    },
  };
}
