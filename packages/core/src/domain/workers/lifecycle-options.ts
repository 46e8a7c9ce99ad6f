import type { Secret } from '../credentials/secret.ts';

/** How workers are started and stopped (HiClaw reference, 6). */
export type LifecycleOptions =
  /** Nobody starts workers for us: they are assumed to run, and only their activity tells (HiClaw reference, 6.4). */
  { readonly driver: 'none' } | ScriptOptions | ControllerOptions;

/** By a program of HiClaw. */
export interface ScriptOptions {
  readonly driver: 'script';
  /**
   * The program and its first arguments, such as `["docker", "exec", "hiclaw-manager",
   * "/opt/hiclaw/agent/skills/worker-management/scripts/lifecycle-worker.sh"]`. Never given to a shell.
   */
  readonly command: readonly [string, ...string[]];
  /** All that the program sees of the environment: PATH and HOME, DOCKER_HOST where it is used. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long the program may take. Default 180,000, because it may create a container. */
  readonly timeoutMs?: number | undefined;
  /** How long a worker that was started is left alone. Default 30,000 (HiClaw reference, 6.1). */
  readonly startedWaitMs?: number | undefined;
  /** The same for one whose container was recreated. Default 60,000. */
  readonly recreatedWaitMs?: number | undefined;
}

/** By HiClaw's controller. */
export type ControllerOptions = ControllerCliOptions | ControllerRestOptions;

export interface ControllerCliOptions {
  readonly driver: 'cli';
  /** The controller's own program and its first arguments, such as `["docker", "exec", "-i", "agentteams-controller", "agt"]`. */
  readonly command: readonly [string, ...string[]];
  /** All that the program sees of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long one call may take. Default 60,000. */
  readonly timeoutMs?: number | undefined;
  /** How long a worker that was woken is left alone. Default 30,000. */
  readonly startedWaitMs?: number | undefined;
}

export interface ControllerRestOptions {
  readonly driver: 'rest';
  /** Where the controller is reached from here, such as `http://agentteams-controller:8090`. */
  readonly url: string;
  /** Read at each call, because such tokens run out within an hour (HiClaw reference, 6.3). */
  readonly token: () => Promise<Secret>;
  /** How long one request may take. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** How long a worker that was woken is left alone. Default 30,000. */
  readonly startedWaitMs?: number | undefined;
}
