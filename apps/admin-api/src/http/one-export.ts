import type { Operator } from '../access/tokens.ts';

/** A slower reader blocks the next one. */
const WITHIN_MS = 600_000;
/** What may wait for its reader. */
const MAX_WAITING_BYTES = 256 * 1024;

/** Who reads an archive, and what becomes of it when it is ended before its end. */
export interface ExportReader {
  readonly role: Operator['role'];
  /** Ends the connection: left to the stream, it would be told to the log as a failure, with a stack. */
  readonly breakOff: () => void;
  /** Told of what failed while the archive was made. */
  readonly onFailure: (error: unknown) => void;
}

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
  begin(archive: AsyncGenerator<Uint8Array>, reader: ExportReader): ReadableStream<Uint8Array> | undefined {
    const { role } = reader;
    if (role === 'operator' && this.#current?.role === 'viewer') this.#current.ends.abort();
    if (this.#current !== undefined) return undefined;
    const current = { role, ends: new AbortController() };
    this.#current = current;
    const ends = AbortSignal.any([this.#stop, current.ends.signal, AbortSignal.timeout(this.#withinMs)]);
    let isOver = false;
    const end = async (): Promise<void> => {
      isOver = true;
      ends.removeEventListener('abort', breakOff);
      if (this.#current === current) this.#current = undefined;
      await archive.return(undefined);
    };
    const breakOff = (): void => {
      reader.breakOff();
      end().catch(reader.onFailure);
    };
    ends.addEventListener('abort', breakOff);
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const next = await archive.next();
            if (isOver) return;
            if (next.done !== true) return controller.enqueue(next.value);
            controller.close();
          } catch (error) {
            if (!isOver) reader.onFailure(error);
            return breakOff();
          }
          await end();
        },
        cancel: end,
      },
      { highWaterMark: MAX_WAITING_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
  }
}
