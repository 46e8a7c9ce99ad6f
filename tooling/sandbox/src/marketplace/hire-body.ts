import { z } from 'zod';

import { parseCents } from './money.ts';

const description = z
  .string()
  .trim()
  .min(1, "can't be blank")
  .max(5_000, 'should be at most 5000 character(s)');

/**
 * The body of a hire (Agrenting API reference, 5.1), price in cents after parsing. Members that the marketplace passes to
 * other systems (`sync_to_linear` and its kin) are ignored.
 */
export const hireBodySchema = z
  .object({
    task_description: description,
    capability_requested: z.string().max(100).optional(),
    /** The older name. */
    capability: z.string().max(100).optional(),
    price: z
      .union([z.string(), z.number()])
      .transform((amount, context) => {
        const cents = parseCents(amount);
        if (cents !== undefined) return cents;
        context.addIssue({ code: 'custom', message: 'is not a valid amount' });
        return z.NEVER;
      })
      .optional(),
    delivery_mode: z.enum(['output', 'push']).optional(),
    // Plain http on loopback only: a repository that is served for a trial.
    repo_url: z
      .url({ protocol: /^https?$/, error: 'must be an https URL' })
      .regex(/^https:|^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?\//, 'must be an https URL')
      .nullish(),
    repo_access_token: z.string().max(500).nullish(),
    client_idempotency_key: z.string().min(1).max(255).optional(),
    task_input: z.record(z.string(), z.unknown()).optional(),
    client_message: z.string().max(5_000).nullish(),
  })
  .superRefine((body, context) => {
    if (body.delivery_mode !== 'push') return;
    if (!body.repo_url)
      context.addIssue({ code: 'custom', path: ['repo_url'], message: 'is required for push' });
    if (!body.repo_access_token) {
      context.addIssue({ code: 'custom', path: ['repo_access_token'], message: 'is required for push' });
    }
  });

export type HireBody = z.output<typeof hireBodySchema>;

/** What a hirer cannot say, but the admin API can. */
export const hireExtrasSchema = z.object({
  deadline_at: z.iso.datetime({ offset: true, local: true }).optional(),
  /**
   * `async` makes the hiring as if Stripe or a chain had just paid: in status `paid`, where it stays until it is
   * dispatched (Agrenting API reference, 6.1).
   */
  payment: z.enum(['balance', 'async']).optional(),
});

export type HireExtras = z.output<typeof hireExtrasSchema>;
