/** Words by which a worker says that it works on, whatever is in its way. */
const GOES_ON =
  /(?<!\p{L})(?:retrying|re-trying|trying (?:again|another|a different|once more)|(?:going|moving|carrying) on|continuing|proceeding|meanwhile|in the meantime|(?:I will|I['’]ll|will|let me|I am going to) (?:now )?(?:try|retry|go on|continue|keep|proceed|carry on|move on|use|work|look|wait)|found it|solved it|fixed it|works now|(?:for|until) (?:the|it|this) .{1,60}? to (?:finish|complete|end|start)|versuche es|mache weiter|arbeite weiter|en attendant|je continue|je réessaie|sigo con|continúo|reintentando|mientras tanto|continuo com|tentando novamente|продолжаю|пробую|попробую|тем временем)(?!\p{L})|继续|繼續|重试|再试|正在尝试|続けます|再試行|계속|다시 시도/iu;

/** As much is read as a worker says of why it is blocked, and below that. */
const MAX_CHARACTERS = 2_000;

/** Whether a worker that says it is blocked says in the same breath that it goes on: it may be blocked for a moment only. */
export function goesOn(words: string): boolean {
  return GOES_ON.test(words.slice(0, MAX_CHARACTERS));
}
