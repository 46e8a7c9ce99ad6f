import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SeenProcess {
  readonly pid: number;
  readonly commandLine: string;
  readonly environment: string;
}

/** Every process of this machine that can be looked into, but for this one. Linux only. */
export async function allProcesses(): Promise<readonly SeenProcess[]> {
  const seen: SeenProcess[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    seen.push({
      pid: Number(name),
      commandLine: await textOf(join('/proc', name, 'cmdline')),
      environment: await textOf(join('/proc', name, 'environ')),
    });
  }
  return seen;
}

/** The contents of every file in a folder, one after the other. */
export async function contentsOf(folder: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    try {
      parts.push(await readFile(join(entry.parentPath, entry.name)));
    } catch {
      // It was removed meanwhile.
    }
  }
  return Buffer.concat(parts);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // It has ended, or belongs to somebody else.
    return '';
  }
}
