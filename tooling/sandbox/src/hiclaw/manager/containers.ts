import type { SandboxClock } from '../clock.ts';
import type { ContainerStatus } from '../worker/container.ts';
import type { HomeFiles } from './home-files.ts';

/** What the scripts do to containers; `unavailable` is a Manager without Docker. */
export interface Containers {
  readonly unavailable: boolean;
  names(): string[];
  status(worker: string): ContainerStatus;
  start(worker: string): boolean;
  stop(worker: string): Promise<void>;
  remove(worker: string): Promise<void>;
}

export interface LifecycleContext {
  readonly files: HomeFiles;
  readonly containers: Containers;
  readonly clock: SandboxClock;
}

export const actions = ['sync-status', 'check-idle', 'start', 'stop', 'delete', 'ensure-ready'] as const;
export const usage =
  'Usage: lifecycle-worker.sh --action <sync-status|check-idle|stop|start|delete|ensure-ready> [--worker <name>]';
