import { LIMITS } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';

const summary = z.string().trim().min(1).catch('').default('');
const resultBody = z.object({
  output: z.union([z.string().trim().min(1), z.object({ summary }).loose()]),
});
const failureBody = z
  .object({ reason: z.string(), error: z.string(), failed_reason: z.string(), message: z.string() })
  .partial();

/** What a worker hands in; undefined for a body that has no such form. */
type HandedIn = string | undefined;

/** The text of a `result.md` from the body of a result (adapter page, C12): text, or an object with a summary. */
export function resultText(document: unknown): HandedIn {
  const output = resultBody.safeParse(document).data?.output;
  if (output === undefined) return undefined;
  if (typeof output === 'string') return withHeader('SUCCESS', output, output);
  const { summary: said, files_changed: files, ...others } = output;
  const changed = Array.isArray(files) ? files.filter((file) => typeof file === 'string') : [];
  const parts = [
    said,
    ...(changed.length === 0 ? [] : [`Files changed:\n${changed.map((file) => `- ${file}`).join('\n')}`]),
    ...(Object.keys(others).length === 0
      ? []
      : [`\`\`\`json\n${JSON.stringify(others, undefined, 2)}\n\`\`\``]),
  ];
  const text = parts.filter((part) => part !== '').join('\n\n');
  return withHeader('SUCCESS', said === '' ? text : said, text);
}

/**
 * The same from the body of a failure: the hirer gets the reason, and the money back. More below a failure would be held for its
 * owner, since it reads like work (docs/results.md); what was called a failure is one.
 */
export function failureText(document: unknown): HandedIn {
  const body = failureBody.safeParse(document).data;
  const reason = (body?.reason ?? body?.failed_reason ?? body?.error ?? body?.message ?? '').trim();
  return reason === ''
    ? undefined
    : withHeader('FAILED', reason, reason.slice(0, LIMITS.failedResultCharacters));
}

/** Header lines hold one line each, whatever was handed in. */
function withHeader(status: 'SUCCESS' | 'FAILED', summaryText: string, body: string): string {
  const line = summaryText.replaceAll(/\s+/g, ' ').trim().slice(0, LIMITS.summaryCharacters);
  return `STATUS: ${status}\nSUMMARY: ${line}\n\n${body}\n`;
}
