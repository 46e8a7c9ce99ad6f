import type { IncomingMessage } from 'node:http';
import { networkOf } from './network.ts';

export type BodyRead =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  /** It is compressed: what comes here is small, and unfolding it would need a bound of its own. */
  | { readonly kind: 'encoded' }
  /** Others needed the room more. */
  | { readonly kind: 'no_room' }
  /** It came too slowly. */
  | { readonly kind: 'too_slow' }
  /** The sender went away. */
  | { readonly kind: 'broken_off' };

export interface BodyBounds {
  /** Of one body. */
  readonly maxBodyBytes: number;
  /** Of all bodies that are being read. */
  readonly maxBytes: number;
  /** Of those that come from one network. */
  readonly maxBytesOfNetwork: number;
}

export interface BodiesOptions extends BodyBounds {
  /** Told of each body that made room for another. */
  readonly onEvicted: () => void;
}

/** What a body of the marketplace never reaches by far: a larger one makes room for a smaller one. */
const SMALL_BYTES = 64 * 1_024;
const MIN_BYTES_PER_SECOND = 4_096;
/** Before this nobody is too slow. */
const GRACE_MS = 2_000;
const LOOK_EVERY_MS = 1_000;

interface Reading {
  readonly startedAtMs: number;
  taken: number;
  stop(read: BodyRead): void;
}

/** Bodies that are being read, and how many bytes of them are held; both in the order in which they became so large. */
interface Share {
  bytes: number;
  readonly small: Set<Reading>;
  readonly large: Set<Reading>;
}

/**
 * Reads bodies of requests, each and all of them within bounds. Where there is no room, another body makes some: a large
 * one before a small one, and the one that has been coming for longest before the others.
 */
export class Bodies {
  readonly #bounds: BodiesOptions;
  readonly #all: Share = { bytes: 0, small: new Set(), large: new Set() };
  readonly #networks = new Map<string, Share>();
  #looking: ReturnType<typeof setInterval> | undefined;

  constructor(bounds: BodiesOptions) {
    this.#bounds = bounds;
  }

  /** What a request carries; never rejects. Where it is not `body`, the rest of it is not read. */
  async read(request: IncomingMessage, client: string): Promise<BodyRead> {
    const { maxBodyBytes, maxBytes, maxBytesOfNetwork, onEvicted } = this.#bounds;
    if (isEncoded(request.headers['content-encoding'])) return { kind: 'encoded' };
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return { kind: 'too_large' };
    const network = networkOf(client);
    const share = this.#shareOf(network);
    const shares = [this.#all, share];
    const chunks: Buffer[] = [];
    const { promise, resolve } = Promise.withResolvers<BodyRead>();
    const reading: Reading = {
      startedAtMs: performance.now(),
      taken: 0,
      stop(read) {
        request.removeAllListeners('data');
        request.pause();
        // Its room is needed now, and not when its reader comes to it.
        chunks.length = 0;
        leave();
        resolve(read);
      },
    };
    const leave = (): void => {
      for (const one of shares) {
        one.bytes -= reading.taken;
        one.small.delete(reading);
        one.large.delete(reading);
      }
      reading.taken = 0;
      if (share.small.size + share.large.size === 0) this.#networks.delete(network);
    };
    for (const { small } of shares) small.add(reading);
    this.#look();
    request.on('data', (chunk: Buffer) => {
      reading.taken += chunk.length;
      chunks.push(chunk);
      const isLarge = reading.taken > SMALL_BYTES;
      for (const one of shares) {
        one.bytes += chunk.length;
        if (!isLarge) continue;
        one.small.delete(reading);
        one.large.add(reading);
      }
      if (reading.taken > maxBodyBytes) return reading.stop({ kind: 'too_large' });
      if (share.bytes > maxBytesOfNetwork) makeRoom(share, onEvicted);
      if (this.#all.bytes > maxBytes) makeRoom(this.#all, onEvicted);
    });
    request.on('end', () =>
      resolve({ kind: 'body', bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }),
    );
    request.on('close', () => resolve({ kind: 'broken_off' }));
    request.on('error', () => resolve({ kind: 'broken_off' }));
    const read = await promise;
    leave();
    return read;
  }

  #shareOf(network: string): Share {
    const known = this.#networks.get(network);
    if (known !== undefined) return known;
    const share: Share = { bytes: 0, small: new Set(), large: new Set() };
    this.#networks.set(network, share);
    return share;
  }

  /** Has an eye on how fast bodies come, while there are any. */
  #look(): void {
    this.#looking ??= setInterval(() => {
      const nowMs = performance.now();
      const { small, large } = this.#all;
      for (const reading of [...small, ...large]) {
        const countedMs = nowMs - reading.startedAtMs - GRACE_MS;
        if (countedMs > 0 && reading.taken < (countedMs / 1_000) * MIN_BYTES_PER_SECOND) {
          reading.stop({ kind: 'too_slow' });
        }
      }
      if (small.size + large.size > 0) return;
      clearInterval(this.#looking);
      this.#looking = undefined;
    }, LOOK_EVERY_MS).unref();
  }
}

/** Whether a body is not sent as it is (RFC 9110, 8.4); nothing at all and `identity` say that it is. */
export function isEncoded(contentEncoding = ''): boolean {
  return contentEncoding
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .some((coding) => coding !== '' && coding !== 'identity');
}

function makeRoom({ small, large }: Share, onEvicted: () => void): void {
  const [reading] = large.size > 0 ? large : small;
  reading?.stop({ kind: 'no_room' });
  onEvicted();
}
