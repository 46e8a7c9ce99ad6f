import { fileURLToPath } from 'node:url';

/**
 * Where the page lies that a server shall serve: `index.html` and `assets/`, whose names hold the digest of what is in them.
 * The same from the source and from what was compiled; it is there once the package was built.
 */
export function consoleDirectory(): string {
  return fileURLToPath(new URL('../dist/page', import.meta.url));
}
