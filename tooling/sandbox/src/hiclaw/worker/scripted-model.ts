import { briefOf, titleOf, wantsStatusLines } from './instructions.ts';

/**
 * In place of a language model. What it writes says so, and is about the task at hand: it counts the words of the
 * brief and names those used most. It never repeats the brief.
 */
export const writeResult = (taskId: string, spec: string, deliverables: readonly string[]): string => {
  const title = titleOf(spec, taskId);
  const words = briefOf(spec).match(/[\p{L}\p{N}'-]+/gu) ?? [];
  const frequent = mostFrequent(words.filter((word) => word.length > 4));
  const text = [
    `# Result: ${title}`,
    '',
    'This result comes from a simulated worker of the HiClaw sandbox; no language model took part in it.',
    `The task "${title}" (${taskId}) was read from spec.md, and its brief counts ${words.length} words.`,
    frequent.length === 0
      ? 'None of its words is longer than four letters.'
      : `Of its longer words these are used most: ${frequent.join(', ')}.`,
    'A real worker would have done what the brief asks for; this one has shown that the way there and back works.',
    '',
  ].join('\n');
  if (!wantsStatusLines(spec)) return text;
  const listed = deliverables.map((path) => `- shared/tasks/${taskId}/${path}`);
  return [
    'STATUS: SUCCESS',
    `SUMMARY: ${summaryOf(taskId, spec)}`,
    'DELIVERABLES:',
    ...(listed.length === 0 ? [`- shared/tasks/${taskId}/result.md`] : listed),
    '',
    text,
  ].join('\n');
};

export const summaryOf = (taskId: string, spec: string): string =>
  `simulated worker finished "${titleOf(spec, taskId)}", ${(briefOf(spec).match(/[\p{L}\p{N}'-]+/gu) ?? []).length} words read`;

export const writeDeliverable = (path: string, taskId: string, spec: string): string =>
  `${path}, made by a simulated worker for "${titleOf(spec, taskId)}" (${taskId}).\n`;

const mostFrequent = (words: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + 1);
  return [...counts]
    .toSorted((left, right) => right[1] - left[1])
    .slice(0, 3)
    .map(([word]) => word);
};
