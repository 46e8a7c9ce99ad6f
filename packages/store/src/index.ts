export { EncryptionKey } from './encryption-key.ts';
export type { MalformedDocument } from './heard-documents.ts';
export { restoreStore, type RestoreOptions } from './restore.ts';
export type { CommandOutcome, ListRequest } from './operator.ts';
export type { Pause } from './pauses.ts';
export { openStore, type Store, type StoreOptions } from './store.ts';
export { StoreError, type StoreErrorKind } from './store-error.ts';
