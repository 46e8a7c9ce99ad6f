import { DEFAULT_RULES, type OwnerRules } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from './schema.ts';

/** The owner's rules for one agent, its own before those for all. */
export function ownerRules(
  { policy }: Pick<Configuration, 'policy'>,
  own: Partial<Configuration['agents'][number]['policy']> = {},
): OwnerRules {
  const of = <Name extends keyof typeof own>(name: Name) => own[name] ?? policy[name];
  return {
    minPrice: of('minPrice'),
    capabilities: of('capabilities') ?? DEFAULT_RULES.capabilities,
    repositories: of('repositories') ?? DEFAULT_RULES.repositories,
    concurrency: of('assignmentsPerWorker') ?? DEFAULT_RULES.concurrency,
    maxTaskCharacters: of('maxTaskCharacters') ?? DEFAULT_RULES.maxTaskCharacters,
    approve: of('approve') ?? DEFAULT_RULES.approve,
    heldResults: of('heldResults') ?? DEFAULT_RULES.heldResults,
    resultDigest: of('resultDigest') ?? DEFAULT_RULES.resultDigest,
    push: of('push') ?? DEFAULT_RULES.push,
    questions: of('questions') ?? DEFAULT_RULES.questions,
    progress: of('progress') ?? DEFAULT_RULES.progress,
    progressLimit: {
      characters: of('progressCharacters') ?? DEFAULT_RULES.progressLimit.characters,
      messages: of('progressReports') ?? DEFAULT_RULES.progressLimit.messages,
    },
    questionLimit: {
      characters: of('questionCharacters') ?? DEFAULT_RULES.questionLimit.characters,
      messages: of('questionCount') ?? DEFAULT_RULES.questionLimit.messages,
    },
    muchToldCharacters: of('muchToldCharacters') ?? DEFAULT_RULES.muchToldCharacters,
    approvePushes: of('approvePushes') ?? DEFAULT_RULES.approvePushes,
  };
}
