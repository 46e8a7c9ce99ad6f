import { cliController, type CliOptions } from './cli-controller.ts';
import { restController, type RestOptions } from './rest-controller.ts';
import type { Controller } from './resources.ts';

export type ControllerOptions = CliOptions | RestOptions;

/** Reaches the controller through its own command or its REST. Calls end when the signal aborts. */
export function createController(options: ControllerOptions, signal: AbortSignal): Controller {
  return options.driver === 'cli' ? cliController(options, signal) : restController(options, signal);
}
