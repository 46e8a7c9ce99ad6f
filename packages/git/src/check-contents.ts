import { unusable, type Unusable } from './change.ts';
import { createContentMeter } from './contents.ts';
import { treesOf } from './history.ts';
import type { GitSettings } from './options.ts';
import type { Workspace } from './workspace.ts';

/** What makes any of a change's commits too much to be unfolded; undefined when nothing does. */
export async function checkContents(
  workspace: Workspace,
  commits: readonly string[],
  { contents }: GitSettings,
): Promise<Unusable | undefined> {
  const excess = await createContentMeter(workspace, contents).excess(await treesOf(workspace, commits));
  return excess === undefined ? undefined : unusable(`the change cannot be worked on: ${excess}`);
}
