/** Where the objects of a bucket are written and read; small, so that any S3 will do. */
export interface ObjectStore {
  /** Writes an object whole. `ifAbsent` leaves one that is there alone, where the storage can do that. */
  put(key: string, bytes: Buffer, options: PutOptions): Promise<PutOutcome>;
  /** Reads an object of at most `maxBytes`. */
  get(key: string, maxBytes: number): Promise<GetOutcome>;
  stat(key: string): Promise<StatOutcome>;
  /** The first objects whose key begins with `prefix` and comes after `after`, in order, at most 1,000. */
  list(prefix: string, after: string): Promise<ListOutcome>;
  /** Deletes an object; one that is not there is as good as deleted. */
  delete(key: string): Promise<DeleteOutcome>;
  /** Closes its connections. */
  close(): void;
}

export interface PutOptions {
  readonly contentType: string;
  readonly ifAbsent?: boolean | undefined;
}

export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Changes with the content; the MD5 of it where the storage neither encrypts nor splits. */
  readonly etag: string;
}

/** The storage could not be used. `problem` says why and what to do, and holds no credential. */
export type StorageFailure =
  /** As things are set up it never will: a person has to change something. */
  | { readonly kind: 'refused'; readonly problem: string }
  /** Maybe later. */
  | { readonly kind: 'unavailable'; readonly problem: string };

export type PutOutcome =
  | { readonly kind: 'stored'; readonly etag: string }
  /** Only with `ifAbsent`. */
  | { readonly kind: 'present' }
  | StorageFailure;

export type GetOutcome =
  /** `sha256` is of exactly these bytes, in hex: what they are is never taken from what the storage says. */
  | { readonly kind: 'object'; readonly bytes: Buffer; readonly sha256: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'too_large' }
  | StorageFailure;

export type StatOutcome =
  | { readonly kind: 'object'; readonly object: StoredObject }
  | { readonly kind: 'absent' }
  | StorageFailure;

export type DeleteOutcome = { readonly kind: 'deleted' } | StorageFailure;

export type ListOutcome =
  | { readonly kind: 'objects'; readonly objects: readonly StoredObject[]; readonly more: boolean }
  | StorageFailure;
