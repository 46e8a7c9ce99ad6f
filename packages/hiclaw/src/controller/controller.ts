import type { ControllerOptions } from '@agrenting-hiclaw/core/domain';
import { cliController } from './cli-controller.ts';
import { restController } from './rest-controller.ts';
import type { Controller } from './resources.ts';

/** Reaches the controller through its own command or its REST. Calls end when the signal aborts. */
export function createController(options: ControllerOptions, signal: AbortSignal): Controller {
  return options.driver === 'cli' ? cliController(options, signal) : restController(options, signal);
}
