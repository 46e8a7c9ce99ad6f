import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Beside the compiled code, wherever that is. */
const FOLDER = fileURLToPath(new URL('../skills/agrenting-task/', import.meta.url));
const FILES = ['SKILL.md', 'scripts/write-result.sh'] as const;

export const SKILL_NAME = 'agrenting-task';

/** What tells a worker how to treat an Agrenting task, by path inside the skill's folder. */
export async function skillFiles(): Promise<ReadonlyMap<string, string>> {
  const texts = await Promise.all(
    FILES.map(async (file) => [file, await readFile(`${FOLDER}${file}`, 'utf8')] as const),
  );
  return new Map(texts);
}
