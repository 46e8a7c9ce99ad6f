import type { HiringSource } from '@agrenting-hiclaw/core/agrenting';
import type { AgentId, OfflineAgent, TaskId } from '@agrenting-hiclaw/core/domain';
import type { SubmitResultOutcome } from '@agrenting-hiclaw/hiclaw';
import type { ConnectedHiclaw } from './hiclaw.ts';
import type { Intake } from './intake.ts';

const NOT_CONNECTED = 'HiClaw is not connected yet';

/** The intake of an app, which others ask from the beginning and which starts after them. */
export class StartingIntake {
  #started: Intake | undefined;

  started(intake: Intake): void {
    this.#started = intake;
  }

  problems(): readonly string[] {
    return this.#started?.problems() ?? [];
  }

  offline(): readonly OfflineAgent[] {
    return this.#started?.offline?.() ?? [];
  }

  session(agentId: AgentId): HiringSource | undefined {
    return this.#started?.session(agentId);
  }
}

/** HiClaw, which others ask from the beginning and which is connected last: its clients take long to load. */
export class ConnectingHiclaw {
  #connected: ConnectedHiclaw | undefined;

  connected(hiclaw: ConnectedHiclaw): void {
    this.#connected = hiclaw;
  }

  syncAgeMs(): number | undefined {
    return this.#connected?.syncAgeMs();
  }

  async problems(): Promise<readonly string[]> {
    return this.#connected === undefined ? [NOT_CONNECTED] : await this.#connected.problems();
  }

  async submitResult(taskId: TaskId, text: string): Promise<SubmitResultOutcome> {
    return this.#connected === undefined
      ? { kind: 'unavailable', problem: NOT_CONNECTED }
      : await this.#connected.submitResult(taskId, text);
  }
}
