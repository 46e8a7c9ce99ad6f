import { DEFAULT_POLICY, type Policy } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from './schema.ts';

/** The owner's rules for one agent, its own before those for all. */
export function policyOf(
  { policy }: Pick<Configuration, 'policy'>,
  own: Partial<Configuration['agents'][number]['policy']> = {},
): Policy {
  const of = <Name extends keyof typeof own>(name: Name) => own[name] ?? policy[name];
  return {
    minPrice: of('minPrice'),
    capabilities: of('capabilities') ?? DEFAULT_POLICY.capabilities,
    repositories: of('repositories') ?? DEFAULT_POLICY.repositories,
    concurrency: of('assignmentsPerWorker') ?? DEFAULT_POLICY.concurrency,
    maxTaskCharacters: of('maxTaskCharacters') ?? DEFAULT_POLICY.maxTaskCharacters,
    approve: of('approve') ?? DEFAULT_POLICY.approve,
    heldResults: of('heldResults') ?? DEFAULT_POLICY.heldResults,
    resultDigest: of('resultDigest') ?? DEFAULT_POLICY.resultDigest,
    push: of('push') ?? DEFAULT_POLICY.push,
    questions: of('questions') ?? DEFAULT_POLICY.questions,
    progress: of('progress') ?? DEFAULT_POLICY.progress,
    progressLimit: {
      characters: of('progressCharacters') ?? DEFAULT_POLICY.progressLimit.characters,
      messages: of('progressReports') ?? DEFAULT_POLICY.progressLimit.messages,
    },
    questionLimit: {
      characters: of('questionCharacters') ?? DEFAULT_POLICY.questionLimit.characters,
      messages: of('questionCount') ?? DEFAULT_POLICY.questionLimit.messages,
    },
    maxUnpaidCharacters: of('maxUnpaidCharacters') ?? DEFAULT_POLICY.maxUnpaidCharacters,
    approvePushes: of('approvePushes') ?? DEFAULT_POLICY.approvePushes,
  };
}
