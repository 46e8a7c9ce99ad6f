import type { HiringSource, RestClient } from '@agrenting-hiclaw/core/agrenting';
import type { AgentId, OfflineAgent, TaskId } from '@agrenting-hiclaw/core/domain';
import type { SubmitResultOutcome } from '@agrenting-hiclaw/hiclaw';
import type { EngineMetrics, ProcessParts, Readiness } from '@agrenting-hiclaw/runtime';
import type { RunningAgents } from './agents.ts';

/** The marketplace's side of an app: its agents and its store, with what an intake has to work with. */
export interface IntakeParts extends ProcessParts {
  readonly agents: RunningAgents;
  readonly client: RestClient;
}

/** What an intake that runs in an app has besides. */
export interface AppParts extends IntakeParts {
  /** What the app measures, for the intake's own figures. */
  readonly metrics: EngineMetrics['registry'];
  /** Whether hirings are heard and worked on now, with the reasons when not. */
  readonly readiness: () => Promise<Readiness>;
  /** Puts a worker's answer into its task folder; not before HiClaw is connected, which comes after the intake. */
  readonly submitResult: (taskId: TaskId, text: string) => Promise<SubmitResultOutcome>;
}

/** How an app hears hirings; the rest of every app is the same. */
export interface Intake {
  /** What keeps it from hearing hirings now, each with what to do. */
  problems(): readonly string[];
  /** The agents that it does not hear now; absent where nobody can know. */
  offline?(): readonly OfflineAgent[];
  /** Where hirings of an agent can be read besides REST, as long as there is such a place. */
  session(agentId: AgentId): HiringSource | undefined;
  close(): Promise<void>;
}
