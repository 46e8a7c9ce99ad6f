import { z } from 'zod';

const CALL_TIMEOUT_MS = 10_000;

const hiring = z.object({
  id: z.string(),
  status: z.string(),
  traceAttempt: z.number(),
  price: z.string(),
  messages: z.array(z.object({ id: z.string(), kind: z.string(), content: z.string() })),
});
const ledger = z.object({
  balanced: z.boolean(),
  accounts: z.record(z.string(), z.number()),
  entries: z.array(
    z.object({
      kind: z.string(),
      hiringId: z.string().nullable(),
      lines: z.array(z.object({ account: z.string(), cents: z.number() })),
    }),
  ),
});
const sessions = z.array(z.object({ subscriptions: z.array(z.string()) }));

export type SandboxHiring = z.infer<typeof hiring>;
export type SandboxLedger = z.infer<typeof ledger>;

/** The sandboxes' own APIs, as far as the demo needs them. */
export class SandboxCalls {
  readonly #marketplaceUrl: string;
  readonly #hiclawUrl: string;

  constructor(marketplaceUrl: string, hiclawUrl: string) {
    this.#marketplaceUrl = marketplaceUrl;
    this.#hiclawUrl = hiclawUrl;
  }

  async subscribedSessions(): Promise<number> {
    const all = sessions.parse(await call(`${this.#marketplaceUrl}/sandbox/sessions`));
    return all.filter(({ subscriptions }) => subscriptions.length > 0).length;
  }

  async agentIdOf(name: string): Promise<string> {
    const agents = z.array(z.object({ id: z.string(), name: z.string() }));
    const found = agents
      .parse(await call(`${this.#marketplaceUrl}/sandbox/agents`))
      .find((agent) => agent.name === name);
    if (found === undefined) throw new Error(`the marketplace has no agent ${name}`);
    return found.id;
  }

  async hire(
    hirerId: string,
    agentId: string,
    task: string,
    price: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<SandboxHiring> {
    const body = { hirerId, agentId, taskDescription: task, capabilityRequested: 'writing', price, ...more };
    return hiring.parse(await call(`${this.#marketplaceUrl}/sandbox/hirings`, body));
  }

  async hiring(id: string): Promise<SandboxHiring> {
    return hiring.parse(await call(`${this.#marketplaceUrl}/sandbox/hirings/${id}`));
  }

  async ledger(): Promise<SandboxLedger> {
    return ledger.parse(await call(`${this.#marketplaceUrl}/sandbox/ledger`));
  }

  /** The objects below a prefix of HiClaw's storage, with their content. */
  async objects(prefix: string): Promise<readonly { readonly key: string; readonly content: Buffer }[]> {
    const listed = z
      .array(z.object({ key: z.string() }))
      .parse(await call(`${this.#hiclawUrl}/sandbox/objects?prefix=${encodeURIComponent(prefix)}`));
    return await Promise.all(
      listed.map(async ({ key }) => {
        const url = `${this.#hiclawUrl}/sandbox/object?key=${encodeURIComponent(key)}`;
        const response = await fetch(url, { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
        return { key, content: Buffer.from(await response.arrayBuffer()) };
      }),
    );
  }

  /** Answers the first question of a hiring as its hirer; false while there is none. */
  async answerQuestion(id: string, content: string): Promise<boolean> {
    const question = (await this.hiring(id)).messages.find(({ kind }) => kind === 'question');
    if (question === undefined) return false;
    await call(`${this.#marketplaceUrl}/sandbox/hirings/${id}/messages`, { content, replyToId: question.id });
    return true;
  }

  /** Tells a worker how to treat its next job. */
  async behave(worker: string, behaviour: object): Promise<void> {
    await call(`${this.#hiclawUrl}/sandbox/workers/${worker}/behave`, { behaviour, scope: 'next-job' });
  }
}

async function call(url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
