import { DEFAULT_RULES, type OwnerRules } from '@agrenting-hiclaw/core/domain';
import { DEFAULT_SETTINGS, type EngineSettings } from '@agrenting-hiclaw/engine';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { ownKnownSecrets } from './own-secrets.ts';

/** The engine's settings from the configuration; what it leaves out has the engine's own default. */
export function engineSettings(configuration: Configuration, holder: string): EngineSettings {
  const { timing, policy, matrix } = configuration;
  const { deadline } = DEFAULT_SETTINGS;
  return {
    ...DEFAULT_SETTINGS,
    holder,
    secrets: ownKnownSecrets(configuration),
    // Those of single agents take their place once it is known which key is whose.
    rules: () => ownerRules(configuration),
    reportTo: matrix.userId,
    failOverdue: policy.failOverdue,
    maxMessages: policy.maxMessages,
    leaseMs: ms(timing.leaseSeconds, DEFAULT_SETTINGS.leaseMs),
    acknowledgeMs: ms(timing.acknowledgeSeconds, DEFAULT_SETTINGS.acknowledgeMs),
    silenceMs: ms(timing.silenceSeconds, DEFAULT_SETTINGS.silenceMs),
    inspectMs: ms(timing.inspectSeconds, DEFAULT_SETTINGS.inspectMs),
    quietMs: ms(timing.quietSeconds, DEFAULT_SETTINGS.quietMs),
    unreportedQuietMs: ms(timing.unreportedQuietSeconds, DEFAULT_SETTINGS.unreportedQuietMs),
    stillMs: ms(timing.stillSeconds, DEFAULT_SETTINGS.stillMs),
    blockedMs: ms(timing.blockedSeconds, DEFAULT_SETTINGS.blockedMs),
    claimGraceMs: ms(timing.claimGraceSeconds, DEFAULT_SETTINGS.claimGraceMs),
    clearMs: ms(timing.clearSeconds, DEFAULT_SETTINGS.clearMs),
    rereadMs: ms(timing.rereadSeconds, DEFAULT_SETTINGS.rereadMs),
    answerWaitMs: ms(timing.answerWaitSeconds, DEFAULT_SETTINGS.answerWaitMs),
    attentionMs: ms(timing.attentionSeconds, DEFAULT_SETTINGS.attentionMs),
    deadline: {
      maxDurationMs: ms(timing.maxDurationSeconds, deadline.maxDurationMs),
      unacknowledgedMarginMs: ms(timing.unacknowledgedMarginSeconds, deadline.unacknowledgedMarginMs),
      maxOverdueMs: ms(timing.maxOverdueSeconds, deadline.maxOverdueMs),
    },
  };
}

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

function ms(seconds: number | undefined, otherwiseMs: number): number {
  return seconds === undefined ? otherwiseMs : Math.round(seconds * 1000);
}
