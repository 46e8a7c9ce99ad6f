import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { HiringId } from '@agrenting-hiclaw/core/domain';
import type { RunningAdminApi } from '../src/app.ts';
import { OPERATOR } from './environment.ts';
import type { IdleStore } from './idle-environment.ts';

export const MEGABYTE = 1_024 * 1_024;
/** `npm run test:long -- sizes` sets it: exports of 90 MB, as large as any. */
export const IS_FULL_SIZE = process.env['TEST_FULL_SIZE'] === '1';

/** Cannot be compressed to nothing, and nothing of it looks like a credential. */
export function textOf(bytes: number): string {
  return randomBytes(bytes / 2).toString('hex');
}

/** A hiring with so many files in its task folder. */
export async function placeWith(
  { app, env, place }: IdleStore,
  files: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<HiringId> {
  const id = await place('completed');
  const taskId = (await app.store.evidence(id))?.attempts[0]?.attempt.taskId ?? '';
  const named = { ...Object.fromEntries(files.map((text, index) => [`${index}.txt`, text])), ...more };
  for (const [name, text] of Object.entries(named)) {
    env.hiclaw.put(`shared/tasks/${taskId}/files/${name}`, text);
  }
  return id;
}

/** The archive of a hiring, as it comes; throws where there is none. */
export async function* exportOf(app: RunningAdminApi, id: HiringId): AsyncGenerator<Uint8Array> {
  const answer = await fetch(`${app.adminUrl}/api/v1/hirings/${id}/export`, {
    headers: { authorization: `Bearer ${OPERATOR}` },
  });
  if (answer.status !== 200) throw new Error(`the export was answered by ${answer.status}`);
  yield* (answer.body ?? new ReadableStream()).pipeThrough(asBytes());
}

/** One that nobody reads: it goes on until it is resumed or destroyed. */
export function heldExport(app: RunningAdminApi, id: HiringId, token = OPERATOR): Socket {
  const { hostname, port } = new URL(app.adminUrl);
  const path = `/api/v1/hirings/${id}/export`;
  const slow = connect(Number(port), hostname);
  slow.pause();
  slow.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${token}\r\n\r\n`);
  return slow;
}

/** What came, of a kind that is known. */
function asBytes(): TransformStream<unknown, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      if (chunk instanceof Uint8Array) controller.enqueue(chunk);
    },
  });
}
