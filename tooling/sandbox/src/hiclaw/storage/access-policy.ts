/** Prefixes on which a user may do what; `*` at the end of a prefix is implied, an empty prefix is everything. */
export interface AccessPolicy {
  readonly list: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly delete: readonly string[];
  /** Whole object names that may be read, where `*` stands for the rest of one part of the name. */
  readonly readNames?: readonly string[];
}

export interface StorageUser {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly policy: AccessPolicy;
}

export const everything: AccessPolicy = { list: [''], read: [''], write: [''], delete: [''] };

/** What `create-worker.sh` gives a worker: its own prefix and all of `shared/` (HiClaw reference, 5). */
export const workerPolicy = (worker: string): AccessPolicy => {
  const objects = [`agents/${worker}/`, 'shared/'];
  return { list: [`agents/${worker}`, 'shared'], read: objects, write: objects, delete: objects };
};

/** What an operator should give an adapter: its own tasks and projects, and a look at the workers' settings. */
export const adapterPolicy = (prefixes: readonly string[]): AccessPolicy => ({
  list: prefixes,
  read: prefixes,
  write: prefixes,
  delete: prefixes,
  readNames: ['agents/*/openclaw.json'],
});

export type Action = 'list' | 'read' | 'write' | 'delete';

const nameFits = (pattern: string, name: string): boolean => {
  const [patternParts, parts] = [pattern.split('/'), name.split('/')];
  return (
    patternParts.length === parts.length &&
    patternParts.every((part, index) =>
      part.endsWith('*') ? (parts[index] ?? '').startsWith(part.slice(0, -1)) : part === parts[index],
    )
  );
};

export const allows = (policy: AccessPolicy, action: Action, name: string): boolean =>
  policy[action].some((prefix) => name.startsWith(prefix)) ||
  (action === 'read' && (policy.readNames ?? []).some((pattern) => nameFits(pattern, name)));
