import type { ContentLimits, GitSettings } from '../options.ts';
import { createYielder } from '../run/event-loop.ts';
import { entriesOf, objectsOf, sizesOf, treesOf } from '../run/objects.ts';
import { unusable, type Unusable, type Workspace } from '../run/workspace.ts';

/** What one tree unfolds into. */
interface Extent {
  readonly entries: number;
  readonly depth: number;
  readonly longestPath: number;
  readonly allPaths: number;
  readonly expandedBytes: number;
}

/** A tree as it stands, nothing unfolded. */
interface FlatTree {
  readonly folders: readonly { readonly nameBytes: number; readonly id: string }[];
  readonly files: readonly { readonly nameBytes: number; readonly id: string }[];
}

const TREE = '40000';
const SUBMODULE = '160000';
/** Of all trees of one level together. */
const MAX_LEVEL_BYTES = 32 * 1024 * 1024;

const NOTHING: Extent = { entries: 0, depth: 0, longestPath: 0, allPaths: 0, expandedBytes: 0 };

/** Counts what commits unfold into; what was counted once is not read again. */
export interface ContentMeter {
  /** Why trees are too much to be unfolded; undefined when they are not. */
  excess(trees: readonly string[]): Promise<string | undefined>;
}

export function createContentMeter(workspace: Workspace, limits: ContentLimits): ContentMeter {
  const flat = new Map<string, FlatTree>();
  const sizes = new Map<string, number>();
  const extents = new Map<string, Extent>();
  let entriesRead = 0;

  return {
    async excess(trees) {
      const files = new Set<string>();
      // Level by level, each tree once however often it is there.
      let level = [...new Set(trees)].filter((id) => !flat.has(id));
      for (let depth = 0; level.length > 0; depth += 1) {
        if (depth > limits.maxDepth) return tooMuch('folders in one another', limits.maxDepth);
        const next = new Set<string>();
        const yieldTurn = createYielder();
        for (const { id, type, bytes } of await objectsOf(workspace, level, MAX_LEVEL_BYTES)) {
          if (type !== 'tree') return 'it has a folder that is none';
          const folders: { nameBytes: number; id: string }[] = [];
          const blobs: { nameBytes: number; id: string }[] = [];
          for (const { mode, name, id: below } of entriesOf(bytes)) {
            entriesRead += 1;
            if (entriesRead > limits.maxEntries) return tooMuch('files and folders', limits.maxEntries);
            if (mode === TREE) {
              folders.push({ nameBytes: name.length, id: below });
              if (!flat.has(below)) next.add(below);
            } else {
              blobs.push({ nameBytes: name.length, id: mode === SUBMODULE ? '' : below });
              if (mode !== SUBMODULE && !sizes.has(below)) files.add(below);
            }
            await yieldTurn();
          }
          flat.set(id, { folders, files: blobs });
        }
        level = [...next].filter((id) => !flat.has(id));
      }
      for (const { id, type, sizeBytes } of await sizesOf(workspace, [...files])) {
        if (type !== 'blob') return 'it has a file that is none';
        if (sizeBytes > limits.maxFileBytes) return tooMuch('bytes in one file', limits.maxFileBytes);
        sizes.set(id, sizeBytes);
      }
      for (const id of trees) {
        const { entries, longestPath, allPaths, expandedBytes, depth } = extentOf(id, 0);
        if (depth > limits.maxDepth) return tooMuch('folders in one another', limits.maxDepth);
        if (entries > limits.maxEntries) return tooMuch('files and folders', limits.maxEntries);
        if (longestPath > limits.maxPathBytes) return tooMuch('bytes in one path', limits.maxPathBytes);
        if (allPaths > limits.maxAllPathsBytes) return tooMuch('bytes of paths', limits.maxAllPathsBytes);
        if (expandedBytes > limits.maxExpandedBytes)
          return tooMuch('bytes of files', limits.maxExpandedBytes);
      }
      return undefined;
    },
  };

  /** `above` is how deep the walk is; beyond the limit it goes no further, and the sum says that it is too deep. */
  function extentOf(id: string, above: number): Extent {
    const known = extents.get(id);
    if (known !== undefined) return known;
    const here = flat.get(id);
    if (here === undefined) return NOTHING;
    if (above > limits.maxDepth) return { ...NOTHING, depth: Number.POSITIVE_INFINITY };
    let { entries, depth, longestPath, allPaths, expandedBytes } = NOTHING;
    for (const { nameBytes, id: file } of here.files) {
      entries += 1;
      allPaths += nameBytes;
      longestPath = Math.max(longestPath, nameBytes);
      expandedBytes += sizes.get(file) ?? 0;
    }
    for (const { nameBytes, id: folder } of here.folders) {
      const below = extentOf(folder, above + 1);
      entries += 1 + below.entries;
      depth = Math.max(depth, 1 + below.depth);
      allPaths += nameBytes + below.allPaths + below.entries * (nameBytes + 1);
      longestPath = Math.max(longestPath, nameBytes + 1 + below.longestPath);
      expandedBytes += below.expandedBytes;
    }
    const extent = { entries, depth, longestPath, allPaths, expandedBytes };
    extents.set(id, extent);
    return extent;
  }
}

function tooMuch(what: string, most: number): string {
  return `it unfolds into more than ${most.toLocaleString('en')} ${what}`;
}

/** What makes any of a change's commits too much to be unfolded; undefined when nothing does. */
export async function checkContents(
  workspace: Workspace,
  commits: readonly string[],
  { contents }: GitSettings,
): Promise<Unusable | undefined> {
  const excess = await createContentMeter(workspace, contents).excess(await treesOf(workspace, commits));
  return excess === undefined ? undefined : unusable(`the change cannot be worked on: ${excess}`);
}
