export { EncryptionKey } from './sqlite/connection/encryption-key.ts';
export { replaceStore, type Replaced } from './sqlite/admin/replace.ts';
export { openStore, type StoreOptions } from './sqlite/store.ts';
