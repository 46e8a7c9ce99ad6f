import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a secret for its owner's eyes only. Another one that is there already is never overwritten. */
export async function writeSecretFile(file: string, secret: string): Promise<'written' | 'present'> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    return 'written';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return 'present';
    throw error;
  }
}

/** A secret that an earlier run wrote; undefined when there is none. */
export async function readSecretFile(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text?.trim() === '' ? undefined : text?.trim();
}
