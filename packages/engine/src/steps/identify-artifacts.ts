import {
  isSameFile,
  MAX_UNFOUND,
  type UploadedArtifact,
  type UploadedFile,
} from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';

/** Artifacts whose bytes are read in one step. */
const MAX_READ = 5;

/** What of the marketplace's list is which file. */
export interface Identified {
  /** Those whose id is known now, and what else was found to be known bytes. */
  readonly found: readonly UploadedFile[];
  /** Files that may be one of those listed, which could not be read: nobody knows. */
  readonly doubtful: readonly UploadedFile[];
  /** Why not. */
  readonly problem: string;
  readonly retryAfterMs?: number | undefined;
  /** True where more are to be read than one step reads, and this one learned something. */
  readonly isMore: boolean;
}

/**
 * Finds files among artifacts that nobody has an id of yet. A name says which artifact a file is while no other one may
 * have it. Where an earlier attempt or a replaced result may have left other bytes under that name, which the marketplace
 * may list late, or where it lists several of it, the bytes decide: they are read, and only those are taken whose SHA-256
 * is the file's (Agrenting API reference, 10). Those that cannot be read are nobody's.
 *
 * @param uploads all that is remembered of results that were replaced
 */
export async function identify(
  { record, attempt, ports, settings }: AttemptContext,
  fresh: readonly UploadedArtifact[],
  wanted: readonly UploadedFile[],
  uploads: readonly UploadedFile[],
): Promise<Identified> {
  const found: UploadedFile[] = [];
  const doubtful: UploadedFile[] = [];
  let problem = '';
  let retryAfterMs: number | undefined;
  let left = MAX_READ;
  let isDown = false;
  for (const file of wanted) {
    if (found.some((one) => isSameFile(one, file))) continue;
    const sole = soleNamed(file, fresh, attempt.number, uploads);
    if (sole !== undefined) {
      found.push({ ...file, artifactId: sole.id });
      continue;
    }
    let isInDoubt = false;
    for (const { id, sizeBytes } of fresh.filter(({ name }) => name === file.name)) {
      if (found.some(({ artifactId }) => artifactId === id)) continue;
      const isOther = sizeBytes !== undefined && file.sizeBytes !== undefined && sizeBytes !== file.sizeBytes;
      if (isOther) continue;
      if (left === 0 || isDown) {
        isInDoubt = true;
        break;
      }
      left -= 1;
      const maxBytes = file.sizeBytes ?? sizeBytes ?? settings.maxFileBytes;
      const read = await ports.marketplace.artifactDigest(record.agentId, record.hiringId, id, maxBytes);
      if (read.kind === 'digest') {
        const { sha256 } = read;
        const bytes = { name: file.name, sizeBytes: read.sizeBytes, sha256, artifactId: id };
        const isKnown = [file, ...wanted, ...uploads].some((one) => isSameFile(one, bytes));
        // A proxy in front of the marketplace may answer with a page of its own: that is of another size.
        if (isKnown || read.sizeBytes === sizeBytes) {
          found.push(bytes);
          if (sha256 === file.sha256) break;
          continue;
        }
        problem = 'the marketplace serves other bytes of a file than it lists';
      } else if (read.kind === 'too_large') {
        problem = 'the marketplace serves more bytes of a file than it lists';
      } else {
        ({ problem } = read);
        isDown = read.kind === 'unavailable';
        if (read.kind === 'unavailable') ({ retryAfterMs } = read);
      }
      isInDoubt = true;
    }
    if (isInDoubt && !found.some((one) => isSameFile(one, file))) doubtful.push(file);
  }
  const isMore = left === 0 && !isDown && doubtful.length > 0 && found.length > 0;
  return { found, doubtful, problem, retryAfterMs, isMore };
}

/** The one that a file can only be, by its name alone; undefined where there is none, or other bytes may be listed under that name. */
export function soleNamed(
  file: UploadedFile,
  fresh: readonly UploadedArtifact[],
  attempt: number,
  uploads: readonly UploadedFile[],
): UploadedArtifact | undefined {
  const [sole, another] = fresh.filter(({ name }) => name === file.name);
  const unfound = uploads.filter(({ artifactId }) => artifactId === undefined);
  const isInDoubt =
    attempt > 1 ||
    unfound.length >= MAX_UNFOUND ||
    uploads.some(({ name, sha256 }) => name === file.name && sha256 !== file.sha256);
  return another === undefined && !isInDoubt ? sole : undefined;
}

/** The memory of uploads with what was found of them, and of other bytes of which it is known now whose they are not. */
export function withFound(
  uploads: readonly UploadedFile[],
  found: readonly UploadedFile[],
): readonly UploadedFile[] {
  const known = uploads.map((upload) => {
    if (upload.artifactId !== undefined) return upload;
    const match = found.find((one) => isSameFile(one, upload));
    return match === undefined ? upload : { ...upload, artifactId: match.artifactId };
  });
  const ids = new Set(known.map(({ artifactId }) => artifactId));
  return [...known, ...found.filter(({ artifactId }) => !ids.has(artifactId))];
}
