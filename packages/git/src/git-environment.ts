import { join } from 'node:path';

/** No file larger than this is held in memory as a whole: a small patch can be made to unfold into gigabytes. */
const MAX_FILE_BYTES = 128 * 1024 * 1024;

/** What git sees of its surroundings: nothing of the adapter's, of its user's or of the machine's settings. */
export function gitEnvironment(directory: string, searchPath: string): Readonly<Record<string, string>> {
  return {
    PATH: searchPath,
    LC_ALL: 'C',
    TZ: 'UTC',
    HOME: join(directory, 'home'),
    XDG_CONFIG_HOME: join(directory, 'home'),
    TMPDIR: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_TERMINAL_PROMPT: '0',
    // What is allowed to connect is said for each call that does.
    GIT_ALLOW_PROTOCOL: '',
    GIT_ALLOC_LIMIT: `${MAX_FILE_BYTES}`,
  };
}

/** Settings of every call. */
const SETTINGS: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.fsmonitor=false',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  // What is larger is passed through, not held.
  'core.bigFileThreshold=16m',
  'core.logAllRefUpdates=false',
  // Within the address space that a git has: packs are looked at in parts, and one thread works on them.
  'core.packedGitWindowSize=32m',
  'core.packedGitLimit=128m',
  'core.deltaBaseCacheLimit=32m',
  'pack.windowMemory=64m',
  'pack.deltaCacheSize=32m',
  'pack.threads=1',
  'index.threads=1',
  'gc.auto=0',
  'maintenance.auto=false',
  'credential.helper=',
  'commit.gpgSign=false',
  'push.gpgSign=false',
  'push.recurseSubmodules=no',
  'fetch.recurseSubmodules=false',
  'submodule.recurse=false',
  'transfer.bundleURI=false',
  // Packs stay packs: few files to count, and quick to remove.
  'transfer.unpackLimit=1',
  'http.followRedirects=false',
  'http.lowSpeedLimit=1',
  'http.lowSpeedTime=60',
];

export function settingArguments(more: readonly string[] = []): readonly string[] {
  return [...SETTINGS, ...more].flatMap((setting) => ['-c', setting]);
}
