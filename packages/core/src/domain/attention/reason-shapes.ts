import { z } from 'zod';

/** A reason that has no parameters. */
export function plain<Code extends string>(code: Code) {
  return z.object({ code: z.literal(code) });
}

/** A reason with what another system said, in our words and with its own in quotation marks: for its operator alone. */
export function withProblem<Code extends string>(code: Code) {
  return z.object({ code: z.literal(code), problem: z.string() });
}
