import { z } from 'zod';

/**
 * What a process is to do when it comes to a point of its run. Events are named by `events.ts`; the last
 * one of `events` is the point, and is looked for once those before it have passed in their order.
 */
export const triggerSchema = z.object({
  events: z
    .array(
      z.object({
        /** A regular expression for the name of the event. */
        name: z.string(),
        moment: z.enum(['before', 'after']),
        /** The how-manieth such event, counted from 1. */
        occurrence: z.int().positive().default(1),
      }),
    )
    .min(1),
  /**
   * `kill`: the process kills itself with SIGKILL. `kill inside`: a second thread kills it while the
   * event, a call of SQLite, is running. `fail`: an outside call fails, before it is sent or after it
   * took effect.
   */
  act: z.enum(['kill', 'kill inside', 'fail']),
});

export type Trigger = z.output<typeof triggerSchema>;
export type TriggerInput = z.input<typeof triggerSchema>;

/** Holds the trigger that is pulled at start, as JSON. */
export const TRIGGER_VARIABLE = 'CRASH_TRIGGER';

/** What the process says to its parent: that the point was reached. */
export const reachedSchema = z.object({ reached: z.string() });
