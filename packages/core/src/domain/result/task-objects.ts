/** What the adapter writes into a task folder itself. */
export const OWN_OBJECTS = {
  spec: 'spec.md',
  taskSpec: 'task-spec.json',
  meta: 'meta.json',
  state: 'state.json',
  context: 'context.md',
} as const;

/** Where workers write their answer. */
export const RESULT_OBJECT = 'result.md';

/** Where the hirer's messages lie. */
export const MESSAGES_FOLDER = 'messages/';

/** Where what a worker works on lies; its uploads leave it alone (HiClaw reference, 2.1). */
export const SOURCE_FOLDER = 'base/';

const OWN: ReadonlySet<string> = new Set(Object.values(OWN_OBJECTS));
const OWN_FOLDERS: readonly string[] = [MESSAGES_FOLDER, SOURCE_FOLDER];

/**
 * Whether an object of a task folder, by its name in there, can be a worker's: not our own, not the reference files, no
 * placeholder of `mc`. Nothing else is ever a result or a file of one, since nothing else is looked at for whether it
 * moved. A name that some file system, gateway or program takes for one of ours is ours, so that nobody has our own
 * words, or the hirer's, paid under another spelling.
 */
export function isWorkerObject(name: string): boolean {
  const plain = plainName(name);
  const isOurs = OWN.has(plain) || OWN_FOLDERS.some((folder) => `${plain}/`.startsWith(folder));
  return plain !== '' && !isOurs && !plain.endsWith('.gitkeep');
}

/** What a program sees of a letter that it does not print. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** The one spelling of all that lead to the same file somewhere; for comparing only. */
function plainName(name: string): string {
  const letters = decoded(name).normalize('NFKC').replace(UNSEEN, '').toLowerCase();
  const steps: string[] = [];
  for (const step of letters.split(/[/\\]/)) {
    // A stream of a file (`name::$DATA`) is the file.
    const bare = (step.split(':', 1)[0] ?? '').trim();
    if (bare === '..') steps.pop();
    else if (withoutDots(bare) !== '') steps.push(withoutDots(bare));
  }
  return steps.join('/');
}

/** Windows leaves dots and spaces at the end away; a step of dots alone leads nowhere. */
function withoutDots(step: string): string {
  let end = step.length;
  while (end > 0 && /[.\s]/.test(step.charAt(end - 1))) end -= 1;
  return step.slice(0, end);
}

/** Percent-encoded letters as what they are, however often they were encoded: each round makes it shorter. */
function decoded(name: string): string {
  let before = name;
  for (;;) {
    const after = before.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (after === before) return after;
    before = after;
  }
}

/** What a worker writes into the status of `meta.json` when it hands its work in (HiClaw reference, 2.2). */
export const HANDED_IN_STATUSES: ReadonlySet<string> = new Set(['submitted', 'completed']);

/** What a leader or Manager makes of it (HiClaw reference, "Since v1.2.3", 8). */
export const JUDGED_STATUSES: ReadonlySet<string> = new Set(['revision', 'blocked']);
