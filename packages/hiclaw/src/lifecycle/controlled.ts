import { setTimeout as pause } from 'node:timers/promises';
import type { Readiness } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { Controller } from '../controller/resources.ts';
import { isAsleep, meaningOf } from './phase.ts';

const workerAnswer = z.object({ phase: z.string(), message: z.string().optional().catch(undefined) });

/** Asks the controller what a worker is at, and leaves it so (HiClaw reference, 6.3). */
export async function lookBy(
  controller: Controller,
  name: string,
  startedWaitMs: number,
): Promise<Readiness | { readonly kind: 'asleep' }> {
  const failed = (why: string): Readiness => ({ kind: 'failed', problem: `worker ${name}: ${why}` });
  const shown = await controller.get('Worker', name);
  if (shown.kind !== 'answer') return failed(shown.problem);
  const worker = workerAnswer.safeParse(shown.body).data;
  if (worker === undefined)
    return failed('the controller returned an answer that does not describe a worker');
  const meaning = meaningOf(name, worker, startedWaitMs);
  return meaning.kind === 'settled' ? meaning.readiness : meaning;
}

/** The same, and has it woken if it sleeps. */
export async function ensureReadyBy(
  controller: Controller,
  name: string,
  startedWaitMs: number,
): Promise<Readiness> {
  const found = await lookBy(controller, name, startedWaitMs);
  if (found.kind !== 'asleep') return found;
  const woken = await controller.act(name, 'ensure-ready');
  if (woken.kind !== 'answer')
    return { kind: 'failed', problem: `worker ${name}: it could not be started: ${woken.problem}` };
  return { kind: 'starting', waitMs: startedWaitMs };
}

const LOOK_EVERY_MS = 2_000;
const LOOKS = 30;

/**
 * Has a worker put to sleep and waits until it is, since the controller only notes the wish: to wake it earlier would
 * take the wish back. Gives what went wrong.
 */
export async function putToSleep(
  controller: Controller,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const asked = await controller.act(name, 'sleep');
  if (asked.kind !== 'answer') return asked.problem;
  for (let look = 0; look < LOOKS; look += 1) {
    const shown = await controller.get('Worker', name);
    if (shown.kind !== 'answer') return shown.problem;
    const phase = workerAnswer.safeParse(shown.body).data?.phase;
    if (isAsleep(phase)) return undefined;
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
  return 'it should be asleep but is still running';
}
