import { ApiProblem, postCommand, type CommandRequest } from './client.ts';
import type { CommandResult } from './schemas.ts';

const WAITS_MS = [500, 2_000] as const;

/**
 * Sends what one click wants. Where no answer comes, or the server is in trouble, the same `commandId` is sent again: it takes
 * effect once. A wish that failed keeps its id, so that clicking again is no second command; another wish gets another.
 */
export class CommandSender {
  #open: { readonly request: string; readonly commandId: string } | undefined;
  #running = false;
  readonly #send: (request: CommandRequest, commandId: string) => Promise<CommandResult>;
  readonly #wait: (durationMs: number) => Promise<void>;

  constructor(
    send: (request: CommandRequest, commandId: string) => Promise<CommandResult> = postCommand,
    wait: (durationMs: number) => Promise<void> = waited,
  ) {
    this.#send = send;
    this.#wait = wait;
  }

  /** What came of it; undefined when the wish of an earlier click is still under way, as with a double click. */
  async send(request: CommandRequest): Promise<CommandResult | undefined> {
    if (this.#running) return undefined;
    this.#running = true;
    const wanted = JSON.stringify(request);
    if (this.#open?.request !== wanted) this.#open = { request: wanted, commandId: freshId() };
    const { commandId } = this.#open;
    try {
      for (let tries = 0; ; tries += 1) {
        try {
          const said = await this.#send(request, commandId);
          this.#open = undefined;
          return said;
        } catch (error) {
          const unsure = error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
          if (!unsure) this.#open = undefined;
          const waitMs = WAITS_MS[tries];
          if (!unsure || waitMs === undefined) throw error;
          await this.#wait(waitMs);
        }
      }
    } finally {
      this.#running = false;
    }
  }
}

async function waited(durationMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** Browsers have `randomUUID` only for https and localhost; the console may be reached otherwise. */
export function freshId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte, index) => {
    const value = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return value.toString(16).padStart(2, '0');
  });
  return [hex.slice(0, 4), hex.slice(4, 6), hex.slice(6, 8), hex.slice(8, 10), hex.slice(10)]
    .map((part) => part.join(''))
    .join('-');
}
