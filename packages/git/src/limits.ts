/** What a commit may unfold into. It is counted from the trees, each read once, before git unfolds anything. */
export interface ContentLimits {
  /** Files and folders, as often as they are there. */
  readonly maxEntries: number;
  /** Folders in one another. */
  readonly maxDepth: number;
  /** Of one path. */
  readonly maxPathBytes: number;
  /** Of all paths, one after the other. */
  readonly maxAllPathsBytes: number;
  readonly maxFileBytes: number;
  /** Of all files, as they would lie on a disk. */
  readonly maxExpandedBytes: number;
}

/** What a pack may hold. It is counted before git unpacks any of it. */
export interface PackLimits {
  readonly maxObjects: number;
  /** Of one object, unpacked. */
  readonly maxObjectBytes: number;
  /** Of all objects, unpacked. */
  readonly maxExpandedBytes: number;
}

/** How much a repository or a change may be, beyond its bytes. */
export interface Limits {
  /** What a repository's commits may unfold into. */
  readonly contents: ContentLimits;
  /** How many objects a repository may have. */
  readonly maxObjects: number;
  /** What the pack of a worker's bundle may unpack into. */
  readonly pack: PackLimits;
}

const MIB = 1024 * 1024;
/** No object that is held in memory as a whole may be larger: as much as the largest host takes. */
const MAX_FILE_BYTES = 100 * MIB;
/** Repositories hold texts, which pack to a tenth. */
const EXPANSION = 20;
/** A change is a few commits, or a small repository with all its history. */
const CHANGE_EXPANSION = 100;
/** No repository packs its objects to less on average. */
const BYTES_PER_OBJECT = 100;
const MIN_MAX_OBJECTS = 200_000;

export function limitsOf(
  maxRepositoryBytes: number,
  maxChangeBytes: number,
  maxObjects = Math.max(MIN_MAX_OBJECTS, maxRepositoryBytes / BYTES_PER_OBJECT),
): Limits {
  return {
    contents: {
      maxEntries: 500_000,
      maxDepth: 50,
      maxPathBytes: 4_096,
      maxAllPathsBytes: 64 * MIB,
      maxFileBytes: MAX_FILE_BYTES,
      maxExpandedBytes: EXPANSION * maxRepositoryBytes,
    },
    maxObjects,
    pack: {
      maxObjects: 100_000,
      maxObjectBytes: MAX_FILE_BYTES,
      maxExpandedBytes: CHANGE_EXPANSION * maxChangeBytes,
    },
  };
}
