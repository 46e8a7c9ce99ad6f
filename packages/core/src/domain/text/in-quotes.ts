const MAX_CHARACTERS = 300;
/** As much of a text as is looked at: what is left of it after cleaning is shorter. */
const MAX_LOOKED_AT = 4;

/** Whatever might be read as the end of the quotation. */
const MARKS = /["\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u275d\u275e\u301d-\u301f\uff02]/gu;
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Words of somebody else within a sentence of ours: between quotation marks that nothing in them can close, on one line,
 * without anything that is not seen, and short. What a marketplace, a repository, a worker or a hirer says or names is in
 * our texts in this form alone, or in a block of its own (design, rule 10).
 */
export function inQuotes(text: string, maxCharacters = MAX_CHARACTERS): string {
  const plain = text
    .slice(0, maxCharacters * MAX_LOOKED_AT)
    .toWellFormed()
    // bounded: four times what is shown
    .replace(/[\s\p{Z}]+/gu, ' ')
    .replace(UNSEEN, '')
    .replace(MARKS, "'")
    .trim();
  const characters = Array.from(plain);
  const shown =
    characters.length <= maxCharacters ? plain : `${characters.slice(0, maxCharacters).join('')}…`;
  return `"${shown}"`;
}
