import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const ready = z.object({ port: z.number() });
const seenSchema = z.object({
  messages: z.array(z.object({ transactionId: z.string(), atNs: z.string() })),
  cpuMicros: z.number(),
});

export type Seen = z.infer<typeof seenSchema>;

/** Ids that are announced in one request. */
const AT_ONCE = 10_000;

/** The process that plays everything outside of the adapter. */
export interface Outside {
  readonly url: string;
  /** The marketplace sells these from now on: the first to agent 0, the next to agent 1, and round again. */
  sell(ids: readonly string[], agents: number): Promise<void>;
  /** Answers come so much later from now on. */
  moveAway(latencyMs: number): Promise<void>;
  seen(): Promise<Seen>;
  close(): Promise<void>;
}

export async function startOutside(): Promise<Outside> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)));
  const messages: readonly unknown[] = await once(child, 'message');
  const url = `http://127.0.0.1:${ready.parse(messages[0]).port}`;
  return {
    url,
    async sell(ids, agents) {
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const body = JSON.stringify({ ids: ids.slice(from, from + AT_ONCE), agents });
        const answer = await fetch(`${url}/bench/hirings`, { method: 'POST', body });
        if (!answer.ok) throw new Error(await answer.text());
      }
    },
    async moveAway(latencyMs) {
      const body = JSON.stringify({ latencyMs });
      const answer = await fetch(`${url}/bench/latency`, { method: 'POST', body });
      if (!answer.ok) throw new Error(await answer.text());
    },
    seen: async () => seenSchema.parse(await (await fetch(`${url}/bench/seen`)).json()),
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
