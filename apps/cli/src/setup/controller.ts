import { createController, type Controller } from '@agrenting-hiclaw/hiclaw';
import { type Configuration, lifecycleOf, lifecycleSchema } from '@agrenting-hiclaw/runtime';
import type { ConfigFile } from '@agrenting-hiclaw/operations';
import type { Terminal } from '../terminal/terminal.ts';

/** The way to start workers in a configuration that need not be whole yet; undefined when there is none. */
export function lifecycleDraft(draft: ConfigFile): Configuration['lifecycle'] | undefined {
  return lifecycleSchema.safeParse(draft.value('lifecycle')).data;
}

/** HiClaw's controller, where the configuration says how to reach it. */
export function controllerOf(
  { environment, stop }: Pick<Terminal, 'environment' | 'stop'>,
  draft: ConfigFile,
): Controller | undefined {
  const lifecycle = lifecycleDraft(draft);
  if (lifecycle === undefined) return undefined;
  const options = lifecycleOf(lifecycle, environment);
  return options.driver === 'cli' || options.driver === 'rest' ? createController(options, stop) : undefined;
}
