import { hash } from 'node:crypto';
import type { Context } from 'hono';
import { z } from '@hono/zod-openapi';
import type { ApiEnv } from '../access/guard.ts';
import { Problem, problemOf } from '../http/problem.ts';
import type { ApiContext } from '../context.ts';

export interface Command<Answer> {
  readonly id: string;
  /** What was asked for: another one under the same id is refused. */
  readonly asked: unknown;
  /** Whether a refusal counts as carried out, because nobody knows what the other side did of it. */
  readonly once?: boolean | undefined;
  /** Carries it out. */
  readonly run: () => Promise<Answer>;
}

const storedSchema = z.union([
  z.object({ answer: z.unknown() }),
  z.object({
    problem: z.object({ status: z.int(), detail: z.string(), todo: z.string().optional() }),
  }),
]);

/** Carries a command out once by its id, and gives the same answer whenever that comes again. */
export async function runOnce<Answer>(
  { store, clock }: Pick<ApiContext, 'store' | 'clock'>,
  context: Context<ApiEnv>,
  schema: z.ZodType<Answer>,
  { id, asked, once = false, run }: Command<Answer>,
): Promise<Answer> {
  context.set('commandId', id);
  const digest = hash('sha256', JSON.stringify([context.req.method, context.req.path, asked]), 'hex');
  const begun = await store.commands.begin(id, digest, clock.nowMs());
  switch (begun.kind) {
    case 'done':
      return answerOf(begun.answer, schema);
    case 'other':
      throw new Problem(409, 'This commandId was used for another command.', {
        todo: 'Use a new commandId.',
      });
    case 'underway':
      throw new Problem(409, 'This command is in progress, or was interrupted.', {
        todo: 'Check whether it took effect. If not, send it again with a new commandId.',
      });
    case 'new':
      break;
  }
  try {
    const answer = await run();
    await store.commands.finish(id, JSON.stringify({ answer }));
    return answer;
  } catch (error) {
    const problem = problemOf(error);
    // Of a bug nobody knows how far it came.
    if (problem === undefined) throw error;
    if (once) {
      const { status, message: detail, todo } = problem;
      await store.commands.finish(id, JSON.stringify({ problem: { status, detail, todo } }));
    } else await store.commands.forget(id);
    throw problem;
  }
}

function answerOf<Answer>(text: string, schema: z.ZodType<Answer>): Answer {
  const stored = storedSchema.parse(JSON.parse(text));
  if ('answer' in stored) return schema.parse(stored.answer);
  const { status, detail, todo } = stored.problem;
  throw new Problem(status, detail, { todo });
}
