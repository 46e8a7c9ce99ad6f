import { type Configuration, policyOf } from '@agrenting-hiclaw/runtime';
import { ok, warning, type Check } from './check.ts';

/**
 * Whether one worker may replace the result of another unnoticed. HiClaw gives each worker a key for all of `shared/`
 * (HiClaw reference, section 5), so that only the owner's rules prevent it where there are several.
 */
export function sharedStorageCheck(
  configuration: Pick<Configuration, 'policy'> & {
    readonly agents: readonly Pick<Configuration['agents'][number], 'policy'>[];
  },
  workers: readonly { readonly name: string }[],
): Check {
  return {
    name: 'shared-storage',
    async look() {
      return await Promise.resolve(
        workers.length < 2 ? ok('no other known worker can write to task folders') : found(),
      );
    },
  };

  function found() {
    const open = configuration.agents.filter((agent) => {
      const { approve, resultDigest } = policyOf(configuration, agent.policy);
      return resultDigest !== 'required' && approve !== 'results' && approve !== 'both';
    });
    return open.length === 0
      ? ok('each of the workers can write to all of shared/; results need a SHA-256 or your approval')
      : warning(
          `each of the ${workers.length} workers can write to all of shared/, and results count without a SHA-256 or your approval`,
          'If you do not trust all of them, set policy.resultDigest: required or policy.approve: results; see docs/shared-storage.md.',
        );
  }
}
