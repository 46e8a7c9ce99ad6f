import { createHash } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { S3Error } from './s3-error.ts';

export const maxObjectBytes = 256 * 1024 * 1024;
const maxStoredBytes = 1024 * 1024 * 1024;

export interface StoredObject {
  readonly key: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly modifiedAtMs: number;
  readonly contentType: string;
  /** `x-amz-meta-*`, `cache-control` and checksum headers as they were sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly writtenBy: string;
  /** Others than the writer do not see it before; see `Storage.tearWrites`. */
  readonly visibleAtMs: number;
}

export interface NewObject {
  readonly key: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly writtenBy: string;
}

/** Makes the objects of a writer appear to the others one by one, so that a folder is seen half written. */
export interface TornWrites {
  readonly prefix: string;
  readonly stepMs: number;
}

/** The objects of one bucket, in memory, in key order. */
export class Bucket {
  readonly name: string;
  tornWrites: TornWrites | undefined;
  readonly #clock: SandboxClock;
  readonly #objects = new Map<string, StoredObject>();
  readonly #keys: string[] = [];
  #bytes = 0;
  #nextVisibleAtMs = 0;

  constructor(name: string, clock: SandboxClock) {
    this.name = name;
    this.#clock = clock;
  }

  put(object: NewObject): StoredObject {
    const nowMs = this.#clock.now();
    const old = this.#objects.get(object.key);
    const bytes = this.#bytes - (old?.bytes.length ?? 0) + object.bytes.length;
    if (bytes > maxStoredBytes) throw new S3Error('XMinioStorageFull', 'The sandbox stores no more');
    const stored: StoredObject = {
      key: object.key,
      bytes: object.bytes,
      etag: `"${createHash('md5').update(object.bytes).digest('hex')}"`,
      modifiedAtMs: nowMs,
      contentType: object.contentType ?? 'application/octet-stream',
      headers: object.headers ?? {},
      writtenBy: object.writtenBy,
      visibleAtMs: this.#visibleAt(object.key, nowMs),
    };
    this.#bytes = bytes;
    this.#objects.set(object.key, stored);
    if (old === undefined) this.#keys.splice(this.#placeOf(object.key), 0, object.key);
    return stored;
  }

  get(key: string, reader?: string): StoredObject | undefined {
    const object = this.#objects.get(key);
    return object !== undefined && this.#isVisible(object, reader) ? object : undefined;
  }

  delete(key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#bytes -= object.bytes.length;
    this.#objects.delete(key);
    this.#keys.splice(this.#placeOf(key), 1);
  }

  /** In key order, beginning behind `after`; without a reader nothing is hidden. */
  *from(prefix: string, after = '', reader?: string): Generator<StoredObject> {
    const start = after > prefix ? after : prefix;
    for (let index = this.#placeOf(start); index < this.#keys.length; index += 1) {
      const key = this.#keys[index] ?? '';
      if (!key.startsWith(prefix)) return;
      const object = this.#objects.get(key);
      if (object !== undefined && key > after && this.#isVisible(object, reader)) yield object;
    }
  }

  /** What stands directly below a prefix, folders with a slash at their end; without a reader nothing is hidden. */
  names(prefix: string): string[] {
    const names = [...this.from(prefix)].map(
      ({ key }) => /^[^/]*\/?/.exec(key.slice(prefix.length))?.[0] ?? '',
    );
    return [...new Set(names)].filter((name) => name !== '');
  }

  #isVisible(object: StoredObject, reader: string | undefined): boolean {
    return reader === undefined || reader === object.writtenBy || object.visibleAtMs <= this.#clock.now();
  }

  #visibleAt(key: string, nowMs: number): number {
    if (this.tornWrites === undefined || !key.startsWith(this.tornWrites.prefix)) return nowMs;
    this.#nextVisibleAtMs = Math.max(this.#nextVisibleAtMs, nowMs) + this.tornWrites.stepMs;
    return this.#nextVisibleAtMs;
  }

  #placeOf(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
