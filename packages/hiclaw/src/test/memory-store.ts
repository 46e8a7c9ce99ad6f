import { createHash } from 'node:crypto';
import type {
  GetOutcome,
  ListOutcome,
  ObjectStore,
  PutOutcome,
  StatOutcome,
} from '../storage/object-store.ts';

const PAGE_SIZE = 1_000;

interface Kept {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** A bucket in memory that may be told to show another ETag than the one of its bytes. */
export class MemoryStore implements ObjectStore {
  readonly #objects = new Map<string, Kept>();
  /** Called before each call of the adapter's with what it is about to do. */
  before: (call: string) => void = () => undefined;

  /** Somebody else writes an object. */
  set(key: string, content: string | Buffer): void {
    const bytes = Buffer.from(content);
    this.#objects.set(key, { bytes, etag: createHash('md5').update(bytes).digest('hex') });
  }

  /** Replaces an object with other bytes under the same ETag, as one who finds two of one MD5 can. */
  swap(key: string, content: string | Buffer): void {
    const kept = this.#objects.get(key);
    const bytes = Buffer.from(content);
    if (kept?.bytes.length !== bytes.length) throw new Error(`${key} has no twin of ${bytes.length} bytes`);
    this.#objects.set(key, { bytes, etag: kept.etag });
  }

  keys(): readonly string[] {
    return [...this.#objects.keys()].toSorted();
  }

  text(key: string): string | undefined {
    return this.#objects.get(key)?.bytes.toString();
  }

  async put(
    key: string,
    bytes: Buffer,
    { ifAbsent }: { readonly ifAbsent?: boolean | undefined },
  ): Promise<PutOutcome> {
    this.before(`put ${key}`);
    if (ifAbsent === true && this.#objects.has(key)) return { kind: 'present' };
    this.set(key, bytes);
    return { kind: 'stored', etag: this.#objects.get(key)?.etag ?? '' };
  }

  async get(key: string, maxBytes: number): Promise<GetOutcome> {
    this.before(`get ${key}`);
    const bytes = this.#objects.get(key)?.bytes;
    if (bytes === undefined) return { kind: 'absent' };
    if (bytes.length > maxBytes) return { kind: 'too_large' };
    return { kind: 'object', bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  async stat(key: string): Promise<StatOutcome> {
    this.before(`stat ${key}`);
    const kept = this.#objects.get(key);
    if (kept === undefined) return { kind: 'absent' };
    return { kind: 'object', object: { key, sizeBytes: kept.bytes.length, etag: kept.etag } };
  }

  async list(prefix: string, after: string): Promise<ListOutcome> {
    this.before(`list ${prefix}`);
    const keys = this.keys().filter((key) => key.startsWith(prefix) && key > after);
    const objects = keys.slice(0, PAGE_SIZE).flatMap((key) => {
      const kept = this.#objects.get(key);
      return kept === undefined ? [] : [{ key, sizeBytes: kept.bytes.length, etag: kept.etag }];
    });
    return { kind: 'objects', objects, more: keys.length > PAGE_SIZE };
  }

  async delete(key: string): Promise<{ readonly kind: 'deleted' }> {
    this.before(`delete ${key}`);
    this.#objects.delete(key);
    return { kind: 'deleted' };
  }

  close(): void {
    this.#objects.clear();
  }
}
