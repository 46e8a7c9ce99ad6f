import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import type { SandboxCalls } from './sandbox-calls.ts';

/** A task folder as it was kept. */
export interface KeptTaskFolder {
  readonly path: string;
  /** The first words of what the worker delivered. */
  readonly result: string;
}

const MAX_CHARACTERS = 120;

/** Copies a task folder out of the storage, which ends with the demo, into a folder that stays. */
export async function keepTaskFolder(
  calls: SandboxCalls,
  taskFolder: string,
  into: string,
): Promise<KeptTaskFolder> {
  const path = join(into, 'tasks', taskFolder.replace(/^shared\/tasks\//, ''));
  let result = '';
  for (const { key, content } of await calls.objects(taskFolder)) {
    const file = normalize(join(path, key.slice(taskFolder.length)));
    if (!file.startsWith(path + (path.endsWith(sep) ? '' : sep))) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    if (key.endsWith('/result.md')) result = firstWords(content.toString('utf8'));
  }
  return { path, result };
}

/** The first line that is no header line. */
function firstWords(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const answer = lines.find((line) => !/^(STATUS|DELIVERABLES|NOTES)\b|^\s*-\s/.test(line)) ?? '';
  const words = answer.replace(/^SUMMARY:\s*/, '').trim();
  return words.length <= MAX_CHARACTERS ? words : `${words.slice(0, MAX_CHARACTERS - 1)}…`;
}
