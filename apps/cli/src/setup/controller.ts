import { lifecycleOf } from '@agrenting-hiclaw/adapter';
import { createController, type Controller } from '@agrenting-hiclaw/hiclaw';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { z } from 'zod';
import type { Draft } from '../configuration/draft.ts';
import type { Terminal } from '../terminal/terminal.ts';

const startedWaitSeconds = z.coerce.number().positive().default(30);
const lifecycleSchema = z.discriminatedUnion('driver', [
  z.object({ driver: z.literal('none') }),
  z.object({
    driver: z.literal('script'),
    command: z.array(z.string()).min(1),
    startedWaitSeconds,
    recreatedWaitSeconds: z.coerce.number().positive().default(60),
  }),
  z.object({ driver: z.literal('cli'), command: z.array(z.string()).min(1), startedWaitSeconds }),
  z.object({ driver: z.literal('rest'), url: z.string(), tokenFile: z.string(), startedWaitSeconds }),
]);

/** The way to start workers in a configuration that need not be whole yet; undefined when there is none. */
export function lifecycleDraft(draft: Draft): Configuration['lifecycle'] | undefined {
  return lifecycleSchema.safeParse(draft.value('lifecycle')).data;
}

/** HiClaw's controller, where the configuration says how to reach it. */
export function controllerOf(
  { environment, stop }: Pick<Terminal, 'environment' | 'stop'>,
  draft: Draft,
): Controller | undefined {
  const lifecycle = lifecycleDraft(draft);
  if (lifecycle === undefined) return undefined;
  const options = lifecycleOf(lifecycle, environment);
  return options.driver === 'cli' || options.driver === 'rest' ? createController(options, stop) : undefined;
}
