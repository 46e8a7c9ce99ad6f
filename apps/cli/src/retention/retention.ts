import { sweepRetention, type Swept } from '@agrenting-hiclaw/app';
import { counted } from '@agrenting-hiclaw/core/domain';
import { createObjectStore, deleteTask, PROFILES } from '@agrenting-hiclaw/hiclaw';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { withStore } from '../hirings/hirings.ts';
import { printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

export interface SweepOptions extends CommonOptions {
  readonly dryRun?: boolean | undefined;
}

/** Lets go of what is over by hand, as every app does once an hour; or only says what that would be. */
export async function sweep(terminal: Terminal, options: SweepOptions): Promise<void> {
  const { storage, hiclaw, retention } = await loadedConfiguration(terminal, options);
  await withStore(terminal, options, async (store) => {
    const objectStore = createObjectStore({
      ...storage,
      bucket: storage.bucket ?? PROFILES[hiclaw.profile].bucket,
    });
    try {
      const dry = options.dryRun === true;
      const swept = await sweepRetention({
        store,
        deleteTask: async (taskId) => await deleteTask(objectStore, taskId),
        retention,
        clock: systemClock,
        signal: terminal.stop,
        dry,
      });
      if (options.json === true) printJson(terminal, { dryRun: dry, retention, ...swept });
      else terminal.print(`${linesOf(swept, dry).join('\n')}\n`);
      const [problem] = swept.problems;
      if (problem !== undefined) throw new CommandError(EXIT.failed, problem);
    } finally {
      objectStore.close();
    }
  });
}

function linesOf(swept: Swept, dry: boolean): readonly string[] {
  const would = dry ? 'would be ' : '';
  const objects = dry ? '' : ` (${counted(swept.objects, 'object')})`;
  const parts: readonly (readonly [string, readonly string[]])[] = [
    [`texts ${would}emptied`, swept.emptied],
    [`task folders ${would}deleted${objects}`, swept.foldersDeleted],
    [`${would}forgotten`, swept.forgotten],
  ];
  const lines = parts.flatMap(([what, ids]) =>
    [`${what}: ${counted(ids.length, 'hiring')}`].concat(ids.map((id) => `  ${id}`)),
  );
  return [...lines, `documents without a hiring ${would}emptied: ${swept.documents}`];
}
