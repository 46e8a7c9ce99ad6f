import { z } from 'zod';
import { CommandOutput, type CommandResult } from './command.ts';
import type { ControllerOutcome, ControllerResources } from './controller-resources.ts';

/** Unlike the REST, it says nothing of a worker's channel policy. */
const withoutPolicy = z
  .record(z.string(), z.unknown())
  .transform((shown) =>
    Object.fromEntries(Object.entries(shown).filter(([name]) => name !== 'channelPolicy')),
  );
const manifest = z.object({
  kind: z.enum(['Worker', 'Human']),
  metadata: z.object({ name: z.string() }),
  spec: z.record(z.string(), z.unknown()),
});

/** The controller's own command, `agt` (in 1.1 `hiclaw`), in what an adapter uses of it (HiClaw reference, 6.3). */
export async function runControllerCommand(
  resources: ControllerResources,
  argv: readonly string[],
  input: string,
): Promise<CommandResult> {
  const output = new CommandOutput();
  const fail = (why: string): CommandResult => {
    output.writeError(`Error: ${why}`);
    return output.exit(1);
  };
  const show = (outcome: ControllerOutcome): CommandResult => {
    if ('error' in outcome.body) return fail(outcome.body.error);
    output.print(JSON.stringify(withoutPolicy.parse(outcome.body), undefined, 2));
    return output.exit(0);
  };
  const [verb = '', noun = '', third = ''] = argv;
  const name = argv[argv.indexOf('--name') + 1] ?? '';
  switch (`${verb} ${noun}`) {
    case 'get workers':
      if (third !== '' && !third.startsWith('-')) return show(resources.worker(third));
      output.print(JSON.stringify({ workers: resources.workers().map((each) => withoutPolicy.parse(each)) }));
      return output.exit(0);
    case 'get humans':
      return show(resources.human(third));
    case 'worker wake':
    case 'worker ensure-ready':
    case 'worker sleep': {
      const outcome = noun === 'sleep' ? await resources.sleep(name) : resources.wake(name);
      if ('error' in outcome.body) return fail(outcome.body.error);
      output.print(`worker/${name} phase=${noun === 'sleep' ? 'Sleeping' : 'Running'}`);
      return output.exit(0);
    }
    case 'apply -f': {
      const parsed = manifest.safeParse(parse(input));
      if (third !== '/dev/stdin' || !parsed.success)
        return fail('the sandbox applies one JSON manifest from /dev/stdin');
      const { kind, metadata, spec } = parsed.data;
      const outcome =
        kind === 'Worker'
          ? resources.updateWorker(metadata.name, spec)
          : resources.createHuman({ name: metadata.name, ...spec });
      if ('error' in outcome.body) return fail(outcome.body.error);
      output.print(
        `  ${kind.toLowerCase()}/${metadata.name} ${kind === 'Worker' ? 'configured' : 'created'}`,
      );
      return output.exit(0);
    }
    default:
      return fail(`unknown command "${argv.join(' ')}"`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
