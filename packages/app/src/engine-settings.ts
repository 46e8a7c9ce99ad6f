import { DEFAULT_SETTINGS, type EngineSettings } from '@agrenting-hiclaw/engine';
import { policyOf, ownKnownSecrets, type Configuration } from '@agrenting-hiclaw/runtime';

/** The engine's settings from the configuration; what it leaves out has the engine's own default. */
export function engineSettings(configuration: Configuration, holder: string): EngineSettings {
  const { timing, policy, matrix } = configuration;
  const { deadline } = DEFAULT_SETTINGS;
  return {
    ...DEFAULT_SETTINGS,
    holder,
    secrets: ownKnownSecrets(configuration),
    // Those of single agents take their place once it is known which key is whose.
    policy: () => policyOf(configuration),
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

function ms(seconds: number | undefined, otherwiseMs: number): number {
  return seconds === undefined ? otherwiseMs : Math.round(seconds * 1000);
}
