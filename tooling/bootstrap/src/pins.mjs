import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the whole workspace. */
export const rootFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** For each tool a package.json and the package-lock.json that names the SHA-512 of every package that holds it. */
export const locksFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'locks');

/**
 * The versions this workspace is made with, from the root package.json. The locks follow it, as far as a version is
 * published for a kind of machine.
 *
 * @typedef {{ node: string, pnpm: string }} Pins
 * @param {string} [folder]
 * @returns {Promise<Pins>}
 */
export async function readPins(folder = rootFolder) {
  const manifest = await readFile(join(folder, 'package.json'), 'utf8');
  return { node: pinIn(manifest, 'node'), pnpm: pinIn(manifest, 'packageManager') };
}

/**
 * @param {string} manifest
 * @param {string} name
 */
function pinIn(manifest, name) {
  // The manifest is ours: a line of it is enough, and what is in it is checked below.
  const pin = new RegExp(`"${name}": "(?:pnpm@)?(\\d+\\.\\d+\\.\\d+)"`).exec(manifest)?.[1];
  if (pin === undefined) throw new Error(`The root package.json pins no version as "${name}"`);
  return pin;
}

/**
 * The major version of `24.21.0`, `v24.21.0` or a longer text that starts so: "24".
 *
 * @param {string} version
 */
export function majorOf(version) {
  return version.trim().replace(/^v/, '').split('.')[0] ?? '';
}
