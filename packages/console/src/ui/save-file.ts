/** Has the browser save a file that the page made or got. */
export function saveFile(file: Blob, fileName: string): void {
  const href = URL.createObjectURL(file);
  Object.assign(document.createElement('a'), { href, download: fileName }).click();
  // The browser has taken it up by then.
  setTimeout(() => URL.revokeObjectURL(href), REVOKE_AFTER_MS);
}

const REVOKE_AFTER_MS = 60_000;
