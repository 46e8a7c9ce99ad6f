import type { IncomingMessage } from 'node:http';

export type BodyRead =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  /** Others' bodies fill what there is room for. */
  | { readonly kind: 'no_room' }
  /** The sender went away, or took too long. */
  | { readonly kind: 'broken_off' };

/** All bodies that are being read may have so many bytes together. */
const MAX_BYTES_BEING_READ = 64 * 1024 * 1024;

/** Reads bodies of requests, each and all of them within bounds. */
export class Bodies {
  readonly #maxBytes: number;
  #bytesBeingRead = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What a request carries; never rejects. After `too_large` and `no_room` the rest of it is not read. */
  async read(request: IncomingMessage): Promise<BodyRead> {
    if (Number(request.headers['content-length'] ?? 0) > this.#maxBytes) return { kind: 'too_large' };
    let taken = 0;
    try {
      return await new Promise<BodyRead>((resolve) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => {
          taken += chunk.length;
          this.#bytesBeingRead += chunk.length;
          chunks.push(chunk);
          if (taken > this.#maxBytes) stop({ kind: 'too_large' });
          else if (this.#bytesBeingRead > MAX_BYTES_BEING_READ) stop({ kind: 'no_room' });
        });
        request.on('end', () =>
          resolve({
            kind: 'body',
            bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks),
          }),
        );
        request.on('close', () => resolve({ kind: 'broken_off' }));
        request.on('error', () => resolve({ kind: 'broken_off' }));

        function stop(read: BodyRead): void {
          request.removeAllListeners('data');
          request.pause();
          resolve(read);
        }
      });
    } finally {
      this.#bytesBeingRead -= taken;
    }
  }
}
