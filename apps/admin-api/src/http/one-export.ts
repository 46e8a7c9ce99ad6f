import type { Operator } from '../access/tokens.ts';

/** Whoever reads more slowly is in the way of the next. */
const WITHIN_MS = 600_000;
/** What may wait for its reader. */
const MAX_WAITING_BYTES = 256 * 1024;

/** Lets one archive be made at a time: each takes memory and the storage's time. */
export class OneExport {
  readonly #stop: AbortSignal;
  readonly #withinMs: number;
  #current: { readonly role: Operator['role']; readonly ends: AbortController } | undefined;

  /** Ends the one that is under way when `stop` aborts. */
  constructor(stop: AbortSignal, withinMs = WITHIN_MS) {
    this.#stop = stop;
    this.#withinMs = withinMs;
  }

  /** The archive, made as fast as it is read; undefined while another is under way. An operator's ends that of a viewer. */
  begin(archive: AsyncGenerator<Uint8Array>, role: Operator['role']): ReadableStream<Uint8Array> | undefined {
    if (role === 'operator' && this.#current?.role === 'viewer') this.#current.ends.abort();
    if (this.#current !== undefined) return undefined;
    const current = { role, ends: new AbortController() };
    this.#current = current;
    const ends = AbortSignal.any([this.#stop, current.ends.signal, AbortSignal.timeout(this.#withinMs)]);
    const end = async (): Promise<void> => {
      if (this.#current === current) this.#current = undefined;
      current.ends.abort();
      await archive.return(undefined);
    };
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          const broken = new Error('the export was ended');
          ends.addEventListener('abort', () => {
            controller.error(broken);
            end().catch(() => undefined);
          });
        },
        async pull(controller) {
          try {
            const next = await archive.next();
            if (ends.aborted) return;
            if (next.done !== true) return controller.enqueue(next.value);
            controller.close();
          } catch (error) {
            controller.error(error);
          }
          await end();
        },
        cancel: end,
      },
      { highWaterMark: MAX_WAITING_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
  }
}
