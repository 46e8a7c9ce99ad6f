import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseTimeMs, StoreError } from '@agrenting-hiclaw/core/domain';
import { fetchWithin, type Configuration } from '@agrenting-hiclaw/runtime';
import { counted } from '@agrenting-hiclaw/core/domain';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { secretsLeftBeside } from '../configuration/reserved-secret-file.ts';
import { failed, ok, skipped, warning, type Check, type Dependency, type Finding } from './check.ts';
import { exposedAmong, storeFilesOf, type ExposedFile, type PrivateFile } from './private-files.ts';

const MIN_FREE_BYTES = 100 * 1024 * 1024;
const LOW_FREE_BYTES = 1024 * 1024 * 1024;
const MAX_SKEW_MS = 120_000;
const WARN_SKEW_MS = 15_000;
const TIMEOUT_MS = 10_000;

/** Store, disk, clock and key files: what is wrong with them stops everything else sooner or later. */
export function machineChecks(
  configuration: Configuration,
  privateFiles: readonly PrivateFile[],
): readonly Check[] {
  return [
    { name: 'key-files', look: async () => await lookAtPrivateFiles(configuration, privateFiles) },
    {
      name: 'store',
      async look() {
        const { file, key } = configuration.store;
        try {
          const store = openStore({ file, key: EncryptionKey.fromText(key.reveal()) });
          const readiness = await store.ready();
          await store.close();
          return readiness.kind === 'ready'
            ? ok(`${file} can be written`)
            : failed(readiness.why, `Check ${file} and its disk.`);
        } catch (error) {
          if (error instanceof StoreError) return failed(error.message, error.remedy);
          return failed(error instanceof Error ? error.message : 'it cannot be opened', `Look at ${file}.`);
        }
      },
    },
    {
      name: 'disk',
      async look() {
        const folder = dirname(configuration.store.file);
        const { bavail, bsize } = await statfs(folder);
        const free = bavail * bsize;
        const shown = `${(free / 1024 / 1024 / 1024).toFixed(1)} GiB are free for ${folder}`;
        if (free < MIN_FREE_BYTES)
          return failed(shown, 'Free some space: without it the store accepts no hirings.');
        return free < LOW_FREE_BYTES ? warning(shown, 'Free some space soon.') : ok(shown);
      },
    },
    ...clockChecks(configuration),
  ];
}

/** Secrets are for their owner only, and so is what says where they are sent. */
async function lookAtPrivateFiles(
  configuration: Configuration,
  privateFiles: readonly PrivateFile[],
): Promise<Finding> {
  for (const { path } of privateFiles) {
    const [newest] = await secretsLeftBeside(path);
    if (newest !== undefined) {
      return failed(
        `${newest} holds a secret that an earlier run could not move to ${path}`,
        `If the one in ${path} is refused, run mv ${newest} ${path}; if not, remove it.`,
      );
    }
  }
  const files = [...privateFiles, ...storeFilesOf(configuration)];
  const exposed = await exposedAmong(files);
  if (exposed.length === 0)
    return ok(`${counted(privateFiles.length, 'file')} and the store are accessible only to their owner`);
  const detail = exposed.map(({ path, what }) => `${path} ${EXPOSURES[what]}`).join('; ');
  return failed(
    detail,
    `${exposed.map(remedyOf).join(' && ')}, and replace the secrets that others could read.`,
  );
}

const EXPOSURES: Readonly<Record<ExposedFile['what'], string>> = {
  readable: 'holds secrets and can be read by other users of this machine',
  writable: 'can be written by other users of this machine',
  replaceable: 'can be replaced by other users of this machine: they can write its folder',
};

function remedyOf({ path, what }: ExposedFile): string {
  return what === 'replaceable' ? `chmod go-w ${dirname(path)}` : `chmod 600 ${path}`;
}

/** Signatures, tokens and deadlines go by the clock, and each of the others may have another. */
function clockChecks({ marketplace, matrix, storage }: Configuration): readonly Check[] {
  const others: readonly (readonly [Dependency, string])[] = [
    ['marketplace', marketplace.baseUrl],
    ['homeserver', `${matrix.homeserverUrl}/_matrix/client/versions`],
    ['storage', storage.endpoint],
  ];
  return others.map(([name, url]) => ({
    name: `clock ${name}`,
    asks: name,
    async look() {
      const response = await fetchWithin(url, { method: 'HEAD', timeoutMs: TIMEOUT_MS }).catch(
        () => undefined,
      );
      if (response === undefined) return skipped(`the ${name} does not answer`);
      const theirs = parseTimeMs(response.headers.get('date') ?? '');
      if (theirs === undefined) return skipped(`the ${name} does not report its time`);
      const skewMs = Math.abs(Date.now() - theirs);
      const shown = `the clocks of this machine and the ${name} differ by ${Math.round(skewMs / 1_000)} s`;
      const remedy = 'Correct the wrong clock, preferably with NTP: signatures and deadlines depend on it.';
      if (skewMs > MAX_SKEW_MS) return failed(shown, remedy);
      return skewMs > WARN_SKEW_MS ? warning(shown, remedy) : ok(shown);
    },
  }));
}
