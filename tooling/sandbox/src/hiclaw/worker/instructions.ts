/** What a worker's model takes from a message and a spec; the scripted one goes by patterns. */

export const mxidPattern = /@[a-z0-9._=/+-]+:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?/g;
const taskIdPatterns = [
  /shared\/tasks\/([A-Za-z0-9_-]+)/g,
  /\btask(?: assigned:|:)?\s*\[?([A-Za-z0-9_-]*\d[A-Za-z0-9_-]*)\]?/gi,
];

/** Every task a text names, in order. */
export const taskIdsIn = (text: string): string[] => {
  const [folder, word] = taskIdPatterns.map((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({ at: match.index, id: match[1] ?? '' })),
  );
  const found = folder !== undefined && folder.length > 0 ? folder : (word ?? []);
  return [...new Set(found.toSorted((left, right) => left.at - right.at).map(({ id }) => id))];
};

export const asksForFileSync = (text: string): boolean => /file-?sync|\bsync\b|\bpull\b/i.test(text);

/** A question how it goes, as the Manager's heartbeat asks it (HiClaw reference, 2.3). */
export const asksForStatus = (text: string): boolean =>
  /how (is|are|does)|status|any progress/i.test(text) && !asksForFileSync(text) && !/new task/i.test(text);

interface Fences {
  readonly outside: string;
  readonly inside: readonly string[];
}

/** Takes fenced blocks apart from the rest; a fence ends with one at least as long, of the same kind. */
const splitFences = (text: string): Fences => {
  const outside: string[] = [];
  const inside: string[][] = [];
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (open === undefined && mark !== undefined) {
      open = mark;
      inside.push([]);
    } else if (open !== undefined && mark?.startsWith(open) === true && line.trim() === mark)
      open = undefined;
    else if (open === undefined) outside.push(line);
    else inside.at(-1)?.push(line);
  }
  return { outside: outside.join('\n'), inside: inside.map((lines) => lines.join('\n').trim()) };
};

/**
 * The MXID to report to: the model is never told who sent the message, so it is what the spec, then the message,
 * names; else the worker's coordinator (HiClaw reference, 2.4).
 */
export const reportTo = (spec: string, message: string, ownUserId: string, coordinator: string): string => {
  // Fenced text is data; it is asked last, and only for a whole completion line.
  const { outside, inside } = splitFences(spec);
  const completionLines = inside
    .join('\n')
    .split('\n')
    .filter((line) => line.includes('TASK_COMPLETED'));
  for (const text of [outside, message, completionLines.join('\n')]) {
    const lines = text.split('\n');
    const byWeight = [
      lines.filter((line) => line.includes('TASK_COMPLETED')),
      lines.filter((line) => /report|reply|notify|mention|coordinator/i.test(line)),
      lines,
    ];
    for (const candidates of byWeight) {
      const named = candidates
        .flatMap((line) => line.match(mxidPattern) ?? [])
        .find((mxid) => mxid !== ownUserId);
      if (named !== undefined) return named;
    }
  }
  return coordinator;
};

/** Whether the completion line is to hold the task id; by default a worker of 1.0 leaves it out. */
export const wantsTaskIdInLine = (text: string, taskId: string): boolean =>
  text
    .split('\n')
    .some(
      (line) =>
        /(TASK_COMPLETED|BLOCKED|completion (line|message|report)|final (line|message))/i.test(line) &&
        (line.includes(taskId) || /task[ -_]?id/i.test(line)),
    );

export const wantsStatusLines = (spec: string): boolean => /^\W*STATUS:/m.test(spec);

export const titleOf = (spec: string, taskId: string): string =>
  /^#\s+(.+)$/m
    .exec(spec)?.[1]
    ?.replace(/^task:?\s+/i, '')
    .trim() ?? taskId;

/** The text that the work is about: the longest fenced block, else the whole spec. */
export const briefOf = (spec: string): string =>
  splitFences(spec).inside.toSorted((left, right) => right.length - left.length)[0] ?? spec;

/** Whether a job that has its result already is only to be reported again. */
export const forbidsRepetition = (spec: string): boolean =>
  /not do the\s+work again|only\s+report\s+again/i.test(spec);

const notDeliverables =
  /^(spec\.md|result\.md|plan\.md|meta\.json|task-spec\.json|state\.json|context\.md|base\/|messages\/|progress\/)/;

/** Files that the spec wants to lie in the task's folder, besides result.md. */
export const deliverablesIn = (spec: string, taskId: string): string[] => {
  const paths = splitFences(spec).outside.matchAll(/shared\/tasks\/([A-Za-z0-9_-]+)\/([\w./-]*\w\.\w+)/g);
  const wanted = [...paths].filter((match) => match[1] === taskId).map((match) => match[2] ?? '');
  return [...new Set(wanted)].filter((path) => !notDeliverables.test(path) && !path.includes('..'));
};
