import {
  isSameFile,
  MAX_UNFOUND,
  type ArtifactDigest,
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
  context: AttemptContext,
  fresh: readonly UploadedArtifact[],
  wanted: readonly UploadedFile[],
  uploads: readonly UploadedFile[],
): Promise<Identified> {
  const search: Search = { found: [], readsLeft: MAX_READ, isDown: false, problem: '' };
  const doubtful: UploadedFile[] = [];
  for (const file of wanted) {
    if (hasFound(search, file)) continue;
    const sole = soleNamed(file, fresh, context.attempt.number, uploads);
    if (sole !== undefined) {
      search.found.push({ ...file, artifactId: sole.id });
      continue;
    }
    const candidates = fresh.filter((artifact) => mayBe(artifact, file));
    const isInDoubt = await readCandidates(context, search, file, candidates, [...wanted, ...uploads]);
    if (isInDoubt && !hasFound(search, file)) doubtful.push(file);
  }
  const { found, readsLeft, isDown, problem, retryAfterMs } = search;
  const isMore = readsLeft === 0 && !isDown && doubtful.length > 0 && found.length > 0;
  return { found, doubtful, problem, retryAfterMs, isMore };
}

/** What one step has learned so far, and may still read. */
interface Search {
  readonly found: UploadedFile[];
  readsLeft: number;
  /** True once the marketplace could not be asked: nothing more is read in this step. */
  isDown: boolean;
  problem: string;
  retryAfterMs?: number | undefined;
}

function hasFound({ found }: Search, file: UploadedFile): boolean {
  return found.some((one) => isSameFile(one, file));
}

function mayBe({ name, sizeBytes }: UploadedArtifact, file: UploadedFile): boolean {
  const isOtherSize = sizeBytes !== undefined && file.sizeBytes !== undefined && sizeBytes !== file.sizeBytes;
  return name === file.name && !isOtherSize;
}

/**
 * Reads the bytes of artifacts that may be a file, until one is. True where one of them was not read, or not clearly: it may
 * be the file.
 */
async function readCandidates(
  { record, ports, settings }: AttemptContext,
  search: Search,
  file: UploadedFile,
  candidates: readonly UploadedArtifact[],
  known: readonly UploadedFile[],
): Promise<boolean> {
  let isInDoubt = false;
  for (const { id, sizeBytes } of candidates) {
    if (search.found.some(({ artifactId }) => artifactId === id)) continue;
    if (search.readsLeft === 0 || search.isDown) return true;
    search.readsLeft -= 1;
    const maxBytes = file.sizeBytes ?? sizeBytes ?? settings.maxFileBytes;
    const read = await ports.marketplace.artifactDigest(record.agentId, record.hiringId, id, maxBytes);
    if (read.kind !== 'digest') {
      isInDoubt = true;
      noteUnread(search, read);
      continue;
    }
    const bytes = { name: file.name, sizeBytes: read.sizeBytes, sha256: read.sha256, artifactId: id };
    // A proxy in front of the marketplace may answer with a page of its own: that is of another size.
    if (read.sizeBytes !== sizeBytes && !known.some((one) => isSameFile(one, bytes))) {
      isInDoubt = true;
      search.problem = 'the marketplace serves other bytes of a file than it lists';
      continue;
    }
    search.found.push(bytes);
    if (read.sha256 === file.sha256) break;
  }
  return isInDoubt;
}

function noteUnread(search: Search, read: Exclude<ArtifactDigest, { kind: 'digest' }>): void {
  if (read.kind === 'too_large') {
    search.problem = 'the marketplace serves more bytes of a file than it lists';
    return;
  }
  search.problem = read.problem;
  search.isDown = read.kind === 'unavailable';
  if (read.kind === 'unavailable') search.retryAfterMs = read.retryAfterMs;
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
