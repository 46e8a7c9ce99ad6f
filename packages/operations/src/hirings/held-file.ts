import { setImmediate as turn } from 'node:timers/promises';
import {
  deliveredNamesOf,
  LIMITS,
  type AttemptRecord,
  type CheckedFile,
  type HiringEvidence,
} from '@agrenting-hiclaw/core/domain';
import { createObjectStore, PROFILES, taskFolder } from '@agrenting-hiclaw/hiclaw';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { knownSecrets } from '../evidence/known-secrets.ts';

/** A file of a result, to be looked at before somebody says yes to it. */
export type HeldFile =
  /** The very bytes that were judged. */
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Buffer }
  /** The result has no such file. */
  | { readonly kind: 'absent' }
  /** What lies in the task folder now is not what was judged. */
  | { readonly kind: 'changed' }
  /** It contains a secret of the adapter or of the hirer, so it is never shown. */
  | { readonly kind: 'secret' }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** Shorter ones stand in many words. */
const MIN_SECRET_CHARACTERS = 8;

/** The files of the result of an attempt that waits, or that is on its way, by the names under which they leave us. */
export function filesOfResult({ progress: { accepted, attention } }: AttemptRecord): readonly NamedFile[] {
  const files = attention?.approves === 'result' ? attention.held?.files : undefined;
  const shown = files ?? accepted?.files ?? attention?.held?.files ?? [];
  const names = deliveredNamesOf(shown);
  return shown.map(({ name, sizeBytes, sha256, type, artifactId }) => ({
    name,
    deliveredName: names.get(name) ?? 'file',
    sizeBytes,
    sha256,
    type,
    artifactId,
  }));
}

export interface NamedFile extends CheckedFile {
  readonly deliveredName: string;
}

/** Reads the file with a SHA-256 out of the newest result of a hiring; bytes that have another one are not given. */
export async function heldFile(
  configuration: Configuration,
  evidence: HiringEvidence,
  sha256: string,
): Promise<HeldFile> {
  const { attempt } = evidence.record;
  if (attempt === undefined) return { kind: 'absent' };
  const file = filesOfResult(attempt).find((each) => each.sha256 === sha256);
  if (file === undefined) return { kind: 'absent' };
  const { storage, hiclaw } = configuration;
  const store = createObjectStore({ ...storage, bucket: storage.bucket ?? PROFILES[hiclaw.profile].bucket });
  try {
    const read = await store.get(`${taskFolder(attempt.taskId)}${file.name}`, LIMITS.deliveredFileBytes);
    switch (read.kind) {
      case 'refused':
      case 'unavailable':
        return { kind: 'unavailable', problem: read.problem };
      case 'absent':
      case 'too_large':
        return { kind: 'changed' };
      case 'object':
        break;
    }
    if (read.sha256 !== sha256) return { kind: 'changed' };
    for (const secret of knownSecrets(configuration, evidence)) {
      const words = secret.reveal();
      if (words.length >= MIN_SECRET_CHARACTERS && read.bytes.includes(words)) return { kind: 'secret' };
      // A look through a large file is a few milliseconds: others come in between.
      await turn();
    }
    return { kind: 'file', name: file.deliveredName, bytes: read.bytes };
  } finally {
    store.close();
  }
}
