import { z, type OpenAPIHono } from '@hono/zod-openapi';
import { agentIdSchema, hiringIdSchema } from '@agrenting-hiclaw/core/domain';
import type { ApiEnv } from '../access/guard.ts';
import { PROBLEM_CODES } from '../http/problem.ts';

export type Api = OpenAPIHono<ApiEnv>;

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    todo: z.string().optional().openapi({ description: 'What to do.' }),
    code: z.enum(PROBLEM_CODES).optional().openapi({ description: 'Machine-readable reason.' }),
    version: z.string().optional().openapi({ description: 'For `changed`: the current version.' }),
  })
  .openapi('Problem');

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** What every route may answer besides. */
export const PROBLEMS = {
  400: problem('Something of the request cannot be read.'),
  401: problem('No token or session, or none of ours.'),
  403: problem('The role may not do this.'),
  404: problem('Not found.'),
  429: problem('Too many wrong tokens, listeners or exports.'),
  503: problem('The store cannot be used now.'),
} as const;

/** What a command may answer besides. */
export const COMMAND_PROBLEMS = {
  ...PROBLEMS,
  409: problem('It does not fit how things are, or it is under way.'),
  413: problem('The body is too large.'),
  415: problem('The body is no JSON.'),
  422: problem('It is understood and not taken.'),
  424: problem('The other side did not do it, or could not be asked.'),
} as const;

/** An answer as JSON. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A body, which has to be there. */
export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

export const SECURED = [{ token: [] }];

export const time = z.iso.datetime().openapi({ example: '2026-11-27T15:00:00.000Z' });
export const hiringId = z.string().openapi({ format: 'uuid' }).pipe(hiringIdSchema);
export const agentId = z.string().openapi({ format: 'uuid' }).pipe(agentIdSchema);
export const workerName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,127}$/);
export const commandId = z.uuid().openapi({
  description: 'Chosen by the client. A repeated commandId takes effect once and returns the same response.',
});
/** What a command that decides about a hiring names. */
export const shownVersion = z
  .string({ error: 'the version of the hiring that was shown is missing' })
  .regex(/^[0-9a-f]{64}$/, { error: 'no version that a hiring was shown with' })
  .openapi({
    description:
      '`version` of the hiring as you saw it. When it has another one by then, nothing is done: 409 with the code `changed`.',
  });
/** Text of a person. */
export const words = (max: number) => z.string().trim().min(1).max(max);

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(500).optional(),
};

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function isoOrNull(atMs: number | undefined): string | null {
  return atMs === undefined ? null : iso(atMs);
}
