import { z } from 'zod';

const id = z.union([z.string().min(1), z.number()]);
const message = z.object({ id, content: z.string() });
const wrapped = z.object({ message }).transform((body) => body.message);

/** Whether an answer shows this message as the marketplace has it (Agrenting API reference, 5.2). */
export function isMessage(data: unknown, content: string): boolean {
  return z.union([message, wrapped]).safeParse(data).data?.content === content;
}

const named = z.union([z.object({ message_id: id }), z.object({ id })]);

/** Whether what a tool says names the message that it made; the texts of the real one are not known. */
export function namesMessage(document: unknown): boolean {
  return named.safeParse(document).success;
}
