import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const patienceMs = 5_000;

/**
 * Does `work` while no other process does work under the same lock. A lock whose holder has died is taken over.
 *
 * @template T
 * @param {string} file the lock: it exists while somebody works, and holds that process's id
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  await mkdir(dirname(file), { recursive: true });
  const own = `${file}-${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    await take(file, own);
    try {
      return await work();
    } finally {
      await rm(file, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * @param {string} file
 * @param {string} own
 */
async function take(file, own) {
  const start = Date.now();
  let said = false;
  // A link appears together with its content, so that no lock without a holder can be left behind.
  while (!(await succeeds(link(own, file), 'EEXIST'))) {
    const holder = await readFile(file, 'utf8').catch(() => '');
    if (holder !== '' && !isAlive(Number(holder))) await removeOf(file, holder, `${own}-stale`);
    else await pause(100);
    if (!said && Date.now() - start > patienceMs) {
      said = true;
      console.error(
        `Waiting for process ${holder}, which prepares this folder (no such work? delete ${file})`,
      );
    }
  }
}

/**
 * Removes the lock of a dead holder, and puts it back if a living process took it in the meantime.
 *
 * @param {string} file
 * @param {string} holder
 * @param {string} aside
 */
async function removeOf(file, holder, aside) {
  if (!(await succeeds(rename(file, aside), 'ENOENT'))) return;
  if ((await readFile(aside, 'utf8')) !== holder) await succeeds(link(aside, file), 'EEXIST');
  await rm(aside, { force: true });
}

/**
 * @param {Promise<unknown>} action
 * @param {string} expectedFailure the error code that means no; every other error is thrown
 */
async function succeeds(action, expectedFailure) {
  try {
    await action;
    return true;
  } catch (error) {
    if (codeOf(error) === expectedFailure) return false;
    throw error;
  }
}

/** @param {number} processId */
function isAlive(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
