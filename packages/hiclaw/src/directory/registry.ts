import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { MATRIX_USER_ID, ROOM_ID } from '../matrix/identifiers.ts';
import type { MappedWorker } from './worker-map.ts';

export type RegistryRead =
  | { readonly kind: 'workers'; readonly workers: readonly MappedWorker[] }
  | { readonly kind: 'problem'; readonly problem: string };

const MAX_REGISTRY_BYTES = 4 * 1024 * 1024;

/** Names and ids stand in our own words, so none may hold anything but what they are made of (Matrix, identifier grammar). */
const WORKER_NAME = /^[a-z0-9][a-z0-9._-]{0,127}$/i;

const registryFile = z.object({ workers: z.record(z.string(), z.unknown()) });
const registryEntry = z.object({
  matrix_user_id: z.string().max(255).regex(MATRIX_USER_ID),
  room_id: z.string().max(255).regex(ROOM_ID),
  runtime: z.string().optional().catch(undefined),
});

/** Reads `workers-registry.json` (HiClaw reference, 6.1) when it is asked, and again when the file has changed. */
export function createRegistry(path: string): { read(): Promise<RegistryRead> } {
  let last: { readonly version: string; readonly read: RegistryRead } | undefined;
  return {
    async read() {
      try {
        const { size, mtimeMs } = await stat(path);
        const version = `${size} ${mtimeMs}`;
        if (last?.version === version) return last.read;
        if (size > MAX_REGISTRY_BYTES) return problem(path, `is larger than ${MAX_REGISTRY_BYTES} bytes`);
        const read = parse(path, await readFile(path, 'utf8'));
        last = { version, read };
        return read;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
        return problem(
          path,
          code === 'ENOENT' ? 'does not exist: check its path' : `cannot be read (${code})`,
        );
      }
    },
  };
}

function parse(path: string, text: string): RegistryRead {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return problem(path, 'is no JSON; the Manager may just be writing it');
  }
  const parsed = registryFile.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return problem(
      path,
      `is not what the Manager writes (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''})`,
    );
  }
  // A worker that is still being made has no room yet; it cannot be addressed, but the others can.
  const workers = Object.entries(parsed.data.workers).flatMap(([name, entry]): MappedWorker[] => {
    const worker = registryEntry.safeParse(entry).data;
    if (worker === undefined || !WORKER_NAME.test(name)) return [];
    const { matrix_user_id: userId, room_id: roomId, runtime } = worker;
    return [{ name, userId, roomId, runtime }];
  });
  return { kind: 'workers', workers };
}

function problem(path: string, what: string): RegistryRead {
  return { kind: 'problem', problem: `the registry of workers ${path} ${what}` };
}
