import { createHash } from 'node:crypto';
import type { ListedObject, ObjectClient } from './object-client.ts';

interface DiskFile {
  readonly content: Buffer;
  /** Written by the worker itself since it was last equal to the object in storage. */
  readonly changed: boolean;
}

const etagOf = (content: Buffer): string => `"${createHash('md5').update(content).digest('hex')}"`;

/** `mc` replaces a newer file only when the lengths differ. */
const isReplaced = (own: DiskFile, object: ListedObject): boolean =>
  own.content.length !== object.size || (!own.changed && etagOf(own.content) !== object.etag);

/** A worker's disk; it outlives a stop and is empty after the worker was recreated. Paths as in the bucket. */
export class WorkerDisk {
  readonly #files = new Map<string, DiskFile>();

  /** Everything on it, by path. */
  files(): ReadonlyMap<string, string> {
    return new Map(Array.from(this.#files, ([path, { content }]) => [path, content.toString('latin1')]));
  }

  read(path: string): string | undefined {
    return this.#files.get(path)?.content.toString();
  }

  write(path: string, content: string | Uint8Array): void {
    this.#files.set(path, { content: Buffer.from(content), changed: true });
  }

  delete(path: string): void {
    this.#files.delete(path);
  }

  erase(): void {
    this.#files.clear();
  }

  /** As `mc mirror --overwrite` down: what differs is replaced, nothing is deleted (HiClaw reference, 2.8). */
  async pull(
    objects: ObjectClient,
    prefix: string,
    exclude: (key: string) => boolean = () => false,
  ): Promise<void> {
    for (const object of await objects.list(prefix)) {
      const own = this.#files.get(object.key);
      if (exclude(object.key) || (own !== undefined && !isReplaced(own, object))) continue;
      const content = await objects.get(object.key);
      if (content !== undefined) this.#files.set(object.key, { content, changed: false });
    }
  }

  /**
   * As `mc mirror --overwrite` up: a file goes up if the object is missing or differs in length, or if it is newer.
   * So a file that was only pulled goes back over a newer object of another length.
   */
  async push(objects: ObjectClient, prefix: string, exclude: (key: string) => boolean): Promise<void> {
    const stored = new Map((await objects.list(prefix)).map((object) => [object.key, object]));
    for (const [path, file] of this.#files) {
      if (!path.startsWith(prefix) || exclude(path)) continue;
      const object = stored.get(path);
      if (object?.etag === etagOf(file.content)) continue;
      if (object !== undefined && object.size === file.content.length && !file.changed) continue;
      await objects.put(path, file.content);
      this.#files.set(path, { content: file.content, changed: false });
    }
  }
}
