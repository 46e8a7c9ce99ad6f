import type { Marker } from './marker.ts';
import { areAllWell, areNothing } from './nothing-words.ts';

/** Something in brackets, dots, or a word of our own instruction, where a worker would write its words. */
const PLACEHOLDER =
  /^(?:<[\p{L} '-]{1,80}>(?:[.!]?$| ?\(sha)|(?:\[[\p{L} '-]{1,80}\]|\{[\p{L} '-]{1,80}\}|\.{2,10}|…|(?:the |your |my |a )?(?:reason|question|summary|one-line summary|what is missing|what is done so far))[.!]?$)/iu;

const NOTHING =
  'none|no|nope|nothing|nil|null|false|0|n\\/?a|not applicable|not yet|not blocked|not (?:done|completed?|finished)(?: yet)?|(?:no|without) (?:blockers?|blocks?|issues?|questions?|problems?|progress)|无|無|没有|暂无|否|无阻塞|没有问题|没有疑问|(?:目前|暂时)(?:没有|无)(?:阻塞|问题|疑问)?|なし|特になし|нет|keine?|nichts|aucune?|rien|ningun[oa]|nada|nessun[oa]|nenhuma?|geen|brak|(?:I have |there are |there is )?no (?:open |further |more )?(?:questions?|blockers?|issues?)(?: (?:from|on) my (?:side|end))?';
const FOR_NOW =
  'yet|so far|now|right now|for now|currently|at the moment|at this (?:time|point|stage|moment)|at present|to report|remaining|left|open|at all';
/** A marker that is answered with "none", as in a form that somebody filled in. */
// bounded: each alternative is a word, and the repetition has a bound
const NEGATION = new RegExp(
  `^[*_("']{0,3}(?:${NOTHING})(?:,? (?:${FOR_NOW})){0,3}[)"'*_]{0,3}[.!。]{0,3}$|^[-–—]{1,3}$`,
  'i',
);
/** As "none", and then words that explain it. */
// bounded: each alternative is a word
const EXPLAINED = new RegExp(
  `^(?:${NOTHING})(?:,? (?:${FOR_NOW})){0,3}(?:[.!;](?:\\s|$)|[。；]| [-–—(])`,
  'i',
);

/** "No questions" with more behind it, and none in that. */
const NO_QUESTION = /^(?:I have |there are )?no (?:open |further |more )?questions\b[^?？]{0,200}$/i;

const HYPOTHETICAL =
  /^(?:only |just )?(?:in case\b|if (?:i|we|you|it|anything|something|needed|necessary)\b)/i;

/** Words that take back what the marker says. */
const TAKEN_BACK =
  /^[*_("'[]{0,3}(?:(?:no|none|nope), (?:I am|I'm) not blocked|not blocked(?: any ?more| now)?[,.;]|no longer(?: blocked)?[,.;]|no blockers at all|(?:resolved|cleared|solved|fixed|unblocked)[,.;)]|(?:I am|I'm|we are) (?:not|no longer) blocked|will report here)/i;

/**
 * Whether the words behind a marker say nothing: a placeholder of the instruction, a "none", or what would be said in a case
 * that is not there.
 */
export function isNoStatement(said: string, marker: Marker): boolean {
  if (PLACEHOLDER.test(said) || NEGATION.test(said)) return true;
  switch (marker) {
    case 'BLOCKED':
      return (
        isNone(said) ||
        (isWordless(said) && !ALARM.test(said)) ||
        TAKEN_BACK.test(said) ||
        HYPOTHETICAL.test(said)
      );
    case 'TASK_COMPLETED':
      // A worker that is done may have no errors.
      return EXPLAINED.test(said) || HYPOTHETICAL.test(said);
    case 'QUESTION':
      return isNone(said) || isWordless(said) || NO_QUESTION.test(said);
    case 'PROGRESS':
      return areNothing(said);
  }
}

/** Where words end that may be a "none". */
const EXPLANATION = /[.!;](?:\s|$)|[。；，]| [-–—(]/;

/** A "none" in any language, with or without words that explain it. */
function isNone(said: string): boolean {
  if (areNothing(said) || areAllWell(said) || EXPLAINED.test(said)) return true;
  const at = said.slice(0, 80).search(EXPLANATION);
  return at > 0 && areNothing(said.slice(0, at));
}

/** Signs by which something is wrong. */
const ALARM = /[\u{26A0}\u{26D4}\u{274C}\u{2757}\u{203C}\u{1F6AB}\u{1F6D1}!?]/u;

/** Emoji and signs where words belong, as in a form that somebody ticked. */
function isWordless(said: string): boolean {
  return said !== '' && !/[\p{L}\p{N}]/u.test(said);
}
