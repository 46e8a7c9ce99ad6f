/**
 * Cuts a text into parts of at most `maxUnits` UTF-16 units, at the end of a line or of a word where there is one, and
 * never within a character. An empty text has no parts.
 */
export function splitText(text: string, maxUnits: number): readonly string[] {
  const parts: string[] = [];
  let rest = text.toWellFormed().trim();
  while (rest.length > maxUnits) {
    const end = cutAt(rest, maxUnits);
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? parts : [...parts, rest];
}

function cutAt(text: string, maxUnits: number): number {
  const least = Math.floor(maxUnits / 2);
  for (const separator of ['\n', ' ']) {
    const at = text.lastIndexOf(separator, maxUnits);
    if (at > least) return at;
  }
  const unit = text.charCodeAt(maxUnits - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? maxUnits - 1 : maxUnits;
}
